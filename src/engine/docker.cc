#include <archive.h>
#include <archive_entry.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/command_image.h"
#include "oci/media_type.h"
#include "stream/decompress.h"
#include "stream/hashing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

// Puts a source into a file; returns its digest and what it holds.
Result<std::pair<Digest, uint64_t>> write_file(Source& source, const fs::path& file, std::stop_token stop) {
  HashingSource hashed(source, stop);
  std::ofstream out(file, std::ios::binary);
  std::vector<std::byte> room(1 << 18);
  while (size_t count = TRY(hashed.read(room)))
    out.write(reinterpret_cast<const char*>(room.data()), static_cast<std::streamsize>(count));
  uint64_t size = hashed.bytes_read();
  Digest digest = TRY(hashed.digest());
  out.close();
  if (!out) return unavailable("writing {}: no space is left, or the disk is at fault", file.string());
  return std::pair{std::move(digest), size};
}

// A docker-archive, as every docker reads it.  Layers stay compressed as they are, except those that older
// ones cannot unpack (zstd).
class DockerArchive {
 public:
  explicit DockerArchive(const fs::path& file) : archive_(archive_write_new()) {
    archive_write_set_format_pax_restricted(archive_);
    archive_write_add_filter_none(archive_);
    opened_ = archive_write_open_filename(archive_, file.c_str()) == ARCHIVE_OK;
  }
  ~DockerArchive() { archive_write_free(archive_); }
  DockerArchive(const DockerArchive&) = delete;
  DockerArchive& operator=(const DockerArchive&) = delete;

  Done add(const std::string& name, std::string_view content) {
    TRY(header(name, content.size()));
    if (archive_write_data(archive_, content.data(), content.size()) < 0) return error();
    return {};
  }
  Done add_file(const std::string& name, const fs::path& file, uint64_t size) {
    TRY(header(name, size));
    std::ifstream in(file, std::ios::binary);
    std::vector<char> room(1 << 18);
    while (in.read(room.data(), static_cast<std::streamsize>(room.size())) || in.gcount() > 0)
      if (archive_write_data(archive_, room.data(), static_cast<size_t>(in.gcount())) < 0) return error();
    return {};
  }
  Done finish() {
    if (archive_write_close(archive_) != ARCHIVE_OK) return error();
    return {};
  }

 private:
  Done header(const std::string& name, uint64_t size) {
    if (!opened_) return error();
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(size));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    int written = archive_write_header(archive_, entry);
    archive_entry_free(entry);
    if (written != ARCHIVE_OK) return error();
    return {};
  }
  Error error() const {
    const char* says = archive_error_string(archive_);
    return unavailable("writing an archive for docker: {}", says ? says : "out of memory");
  }

  archive* archive_;
  bool opened_ = false;
};

Done write_archive(const ImageToRun& image, const WorkFolder& work, const std::string& name,
                   std::stop_token stop) {
  DockerArchive archive(work / "image.tar");
  std::vector<std::string> layers;
  for (const Descriptor& layer : image.manifest->layers) {
    auto stored = TRY(image.open_layer(layer, stop));
    auto [digest, size] = TRY(write_file(*stored, work / "layer", stop));
    if (digest != layer.digest)
      return corrupt("layer {}: its bytes are not what its digest says", layer.digest.brief());
    fs::path file = work / "layer";
    if (layer.media_type == media_type::layer_zstd) {
      auto opened = TRY(FileBlob(file.string(), layer).open(0, stop));
      auto plain = TRY(decompress(std::move(opened)));
      size = TRY(write_file(*plain, work / "plain", stop)).second;
      file = work / "plain";
    }
    layers.push_back(fmt::format("{}/layer.tar", layers.size()));
    TRY(archive.add_file(layers.back(), file, size));
  }
  TRY(archive.add("config.json", image.config.bytes()));
  nlohmann::json manifest{{{"Config", "config.json"}, {"RepoTags", {name}}, {"Layers", layers}}};
  TRY(archive.add("manifest.json", nlohmann::json::array({manifest[0]}).dump()));
  return archive.finish();
}

class DockerImage : public CommandImage {
 public:
  using CommandImage::CommandImage;
  // Takes away our name; the image goes with it only if it has no other.
  ~DockerImage() override { (void)ask({"rmi", image()}); }
};

class Docker : public Engine {
 public:
  std::string name() const override { return "docker"; }
  Result<std::unique_ptr<LoadedImage>> load(const ImageToRun& image, std::stop_token stop) override;
};

// A person may have the very same image without a name.  It would go with ours, so it is used as it is.
Result<bool> is_nameless(const ImageToRun& image, std::stop_token stop) {
  auto ended = TRY(process::run({.argv = {"docker", "image", "inspect", "--format", "{{len .RepoTags}}",
                                          image.manifest->config.digest.text()}},
                                {}, stop));
  return ended.ok() && ended.out.starts_with("0");
}

Result<std::unique_ptr<LoadedImage>> Docker::load(const ImageToRun& image, std::stop_token stop) {
  auto version =
      TRY(process::run({.argv = {"docker", "version", "--format", "{{.Server.Version}}"}}, {}, stop));
  if (!version.ok()) return unavailable("docker does not answer: {}", last_words(version));
  WorkFolder work = TRY(WorkFolder::make());
  DockerCommand names = names_for(work, image);
  if (TRY(is_nameless(image, stop))) {
    names.image = image.manifest->config.digest.text();
    return std::unique_ptr<LoadedImage>(
        new CommandImage(std::move(work), {{"docker"}, image.platform, std::move(names), {}}));
  }
  TRY(write_archive(image, work, names.image, stop));
  auto loaded =
      TRY(process::run({.argv = {"docker", "load", "--quiet", "--input", (work / "image.tar").string()}},
                       {.patience = std::chrono::minutes(10)}, stop));
  if (!loaded.ok()) return unavailable("docker cannot take an image in: {}", last_words(loaded));
  std::error_code ignored;
  for (const char* file : {"image.tar", "layer", "plain"}) fs::remove(work / file, ignored);
  return std::unique_ptr<LoadedImage>(
      new DockerImage(std::move(work), {{"docker"}, image.platform, std::move(names), {}}));
}

}  // namespace

std::unique_ptr<Engine> docker_engine() { return std::make_unique<Docker>(); }

}  // namespace eulerpublisher
