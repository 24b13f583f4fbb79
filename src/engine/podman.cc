#include <fstream>

#include "engine/command_image.h"
#include "registry/layout_repository.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

// A layer as something that LayoutRepository puts.
class LayerBlob : public Blob {
 public:
  LayerBlob(const ImageToRun& image, Descriptor layer) : image_(image), layer_(std::move(layer)) {}
  std::optional<Descriptor> descriptor() const override { return layer_; }
  Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override {
    if (offset != 0) return unsupported("a layer is read from its beginning here");
    return image_.open_layer(layer_, std::move(stop));
  }

 private:
  const ImageToRun& image_;
  Descriptor layer_;
};

// The image as an OCI image layout, whose bytes are verified on their way there.
Done write_layout(const ImageToRun& image, const fs::path& folder, const Tag& tag, std::stop_token stop) {
  LayoutRepository layout(folder);
  for (const Descriptor& layer : image.manifest->layers) TRY(layout.put_blob(LayerBlob(image, layer), stop));
  TRY(layout.put_blob(MemoryBlob(image.manifest->config.media_type, image.config.bytes()), stop));
  RawManifest manifest{image.manifest->media_type, image.manifest.bytes()};
  TRY(layout.put_manifest(manifest, stop));
  return layout.tag(tag, manifest, stop);
}

class PodmanImage : public CommandImage {
 public:
  using CommandImage::CommandImage;
  // The storage goes with the work folder; only what may still run there has to be ended before.
  ~PodmanImage() override {
    (void)ask({"rm", "--all", "--force", "--volumes"});
    (void)ask({"rmi", "--all", "--force"});
  }
};

class Podman : public Engine {
 public:
  std::string name() const override { return "podman"; }
  Result<std::unique_ptr<LoadedImage>> load(const ImageToRun& image, std::stop_token stop) override;
};

using Environment = std::map<std::string, std::optional<std::string>>;

// podman's own choice of a driver first: overlay takes no copy of the image for each container.  Where the
// kernel refuses that, vfs works.  The layout is named from within the work folder: podman makes a name of an
// image out of the path, and that may have no upper case.
Result<std::vector<std::string>> pull(const WorkFolder& work, const std::string& layout,
                                      const std::string& name, const Environment& env, std::stop_token stop) {
  process::Ended ended;
  for (const char* driver : {"", "vfs"}) {
    std::vector<std::string> program{"podman", "--root", (work / driver / "s").string(), "--runroot",
                                     (work / driver / "r").string()};
    if (*driver) program.insert(program.end(), {"--storage-driver", driver});
    process::Command command{.argv = program, .env = env, .folder = work.path()};
    command.argv.insert(command.argv.end(), {"pull", "--quiet", "--signature-policy",
                                             (work / "policy.json").string(), "oci:" + layout});
    ended = TRY(process::run(command, {.patience = std::chrono::minutes(10)}, stop));
    if (!ended.ok()) continue;
    std::string id = ended.out.substr(0, ended.out.find('\n'));
    command.argv = program;
    command.argv.insert(command.argv.end(), {"tag", id, name});
    ended = TRY(process::run(command, {}, stop));
    if (ended.ok()) return program;
  }
  return unavailable("podman cannot take an image in: {}", last_words(ended));
}

Result<std::unique_ptr<LoadedImage>> Podman::load(const ImageToRun& image, std::stop_token stop) {
  WorkFolder work = TRY(WorkFolder::make());
  // Nothing but what we have just written ourselves is pulled with it.
  std::ofstream(work / "policy.json") << R"({"default":[{"type":"insecureAcceptAnything"}]})";
  Tag tag = TRY(Tag::parse("image"));
  TRY(write_layout(image, work / "layout", tag, stop));
  // podman refuses to work when a person's variables name files of logins that are not there.
  std::ofstream(work / "auth.json") << "{}";
  Environment env{{"REGISTRY_AUTH_FILE", (work / "auth.json").string()}};
  DockerCommand names = names_for(work, image);
  auto program = TRY(pull(work, "layout:" + tag.text(), names.image, env, stop));
  std::error_code ignored;
  fs::remove_all(work / "layout", ignored);
  // Should we be killed, the container does not live on for ever.
  CommandImage::Parts parts{
      std::move(program), image.platform, std::move(names), {"--timeout", "7200"}, std::move(env)};
  return std::unique_ptr<LoadedImage>(new PodmanImage(std::move(work), std::move(parts)));
}

}  // namespace

std::unique_ptr<Engine> podman_engine() { return std::make_unique<Podman>(); }

}  // namespace eulerpublisher
