#include "support/runnable_image.h"

#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/foreign.h"
#include "oci/media_type.h"
#include "support/places.h"

namespace eulerpublisher::test {

namespace fs = std::filesystem;

namespace {

fs::path busybox_for(const Platform& platform) {
  const char* folder = getenv("EP_BUSYBOX");
  return folder ? fs::path(folder) / platform.architecture / "busybox" : fs::path();
}

class Held : public Source {
 public:
  Held(std::shared_ptr<const Blob> blob, std::unique_ptr<Source> source)
      : blob_(std::move(blob)), source_(std::move(source)) {}
  Result<size_t> read(std::span<std::byte> room) override { return source_->read(room); }

 private:
  std::shared_ptr<const Blob> blob_;
  std::unique_ptr<Source> source_;
};

}  // namespace

bool RunnableImage::can_be_made(const Platform& platform) {
  return access(busybox_for(platform).c_str(), X_OK) == 0;
}

RunnableImage::RunnableImage(const Platform& platform) : platform_(platform) {
  Ran made = test::run({.argv = {(source_folder() / "scripts/make-root.sh").string(), root_.string(),
                                 "24.03-LTS-SP1", platform.architecture, busybox_for(platform).string()}});
  if (!made.ok()) std::abort();
  // busybox's own shell runs its applets instead of what stands in for them.
  fs::path bash = "/bin/bash-static";
  if (is_native(platform) && fs::exists(bash)) {
    for (const char* name : {"bash", "sh"}) {
      fs::remove(root_ / "usr/bin" / name);
      fs::copy_file(bash, root_ / "usr/bin" / name);
    }
  }
  // As published: the time zone is UTC, and idle shells stay.
  fs::remove(root_ / "etc/localtime");
  fs::create_symlink("/usr/share/zoneinfo/UTC", root_ / "etc/localtime");
  write_text(root_ / "etc/bashrc", "export TMOUT=0\n");
}

void RunnableImage::add_program(const std::string& name, const std::string& script) {
  fs::path file = root_ / "usr/bin" / name;
  fs::remove(file);
  // What stands in for a shell needs another to be understood by.
  write_text(file, "#!/usr/bin/busybox sh\n" + script + "\n");
  fs::permissions(file, fs::perms(0755));
}

void RunnableImage::pack() const {
  Ran tar = test::run({.argv = {"tar", "-C", root_.string(), "--numeric-owner", "--owner=0", "--group=0",
                                "--sort=name", "--mtime=@1717236000", "-c", "."}});
  layer_ = std::make_shared<MemoryBlob>(std::string(media_type::layer_tar), tar.out);
}

CheckedImage RunnableImage::checked() const {
  pack();
  std::string digest = layer_->descriptor()->digest.text();
  nlohmann::json config{{"os", platform_.os},
                        {"architecture", platform_.architecture},
                        {"config", nlohmann::json::parse(run_)},
                        {"rootfs", {{"type", "layers"}, {"diff_ids", nlohmann::json::array({digest})}}}};
  std::string bytes = config.dump();
  auto document = *Document<Config>::parse(bytes);
  Descriptor config_entry{std::string(media_type::config), digest_of(bytes), bytes.size(), {}, {}};
  auto manifest =
      Document<Manifest>::of({std::string(media_type::manifest), config_entry, {*layer_->descriptor()}, {}});
  Descriptor top = manifest.descriptor(media_type::manifest);
  CheckedImage image{top, {}, {}};
  image.platforms.push_back({platform_, top, manifest, document, {}, {}, {}});
  return image;
}

decltype(ImageToRun::open_layer) RunnableImage::opener() const {
  if (!layer_) pack();
  return [layer = layer_](const Descriptor&, std::stop_token stop) -> Result<std::unique_ptr<Source>> {
    return std::unique_ptr<Source>(new Held(layer, TRY(layer->open(0, stop))));
  };
}

ImageToRun RunnableImage::to_run() const {
  CheckedImage image = checked();
  return {platform_,      image.platforms[0].content, image.platforms[0].config, opener(), "openeuler",
          "24.03-lts-sp1"};
}

void let_podman_work() {
  setenv("CONTAINERS_CONF", (source_folder() / "tests/support/containers.conf").c_str(), 1);
}

}  // namespace eulerpublisher::test
