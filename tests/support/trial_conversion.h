#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "image/convert.h"
#include "support/archive_maker.h"

namespace eulerpublisher::test {

inline const Platform amd64 = *Platform::parse("amd64");
inline const Platform arm64 = *Platform::parse("arm64");

// A store in memory, as far as a conversion uses one.
class FakeStore : public Store {
 public:
  const std::filesystem::path& folder() const override { return folder_; }
  Result<std::unique_ptr<Spool>> new_spool() override {
    ++spools;
    int fd = disk_full ? ::open("/dev/full", O_RDWR) : ::memfd_create("spool", MFD_CLOEXEC);
    return std::make_unique<Spool>(FileHandle(fd));
  }
  Done keep(Spool& spool) override {
    auto source = TRY(spool.open(0, {}));
    blobs[spool.descriptor()->digest.text()] = TRY(read_all(*source, 1 << 30));
    return {};
  }
  Done keep(const std::string&) override { return unused(); }
  Result<std::optional<std::unique_ptr<Blob>>> blob(const Descriptor&) override { return unused(); }
  bool has(const Descriptor&) override { return false; }
  Result<std::optional<std::string>> document(const Digest&) override { return unused(); }
  Done set_reference(const Tag&, const Descriptor&) override { return unused(); }
  Result<std::optional<Descriptor>> reference(const Tag&) override { return unused(); }
  Result<std::vector<std::pair<std::string, Descriptor>>> references() override { return unused(); }
  Result<std::optional<std::string>> recipe(const std::string&) override { return unused(); }
  Done set_recipe(const std::string&, const std::string&) override { return unused(); }
  Result<std::optional<std::filesystem::path>> archive(const Digest&) override { return unused(); }
  Result<std::optional<std::unique_ptr<Spool>>> resume_archive(const Digest&, std::stop_token) override {
    return unused();
  }
  Done keep_archive(const Digest&, Spool&) override { return unused(); }
  Done drop_archive(const Digest&) override { return unused(); }
  Result<Pruned> prune(uint64_t) override { return unused(); }

  std::map<std::string, std::string> blobs;
  int spools = 0;
  bool disk_full = false;

 private:
  static Error unused() { return unsupported("not used by a conversion"); }
  std::filesystem::path folder_ = "/nowhere";
};

// One conversion, and what came of it.
struct Trial {
  FakeStore store;
  Recipe recipe;
  ArchiveLimits limits;
  ConvertEvents events;
  std::optional<std::string> version = "24.03-LTS-SP1";
  Platform platform = amd64;
  unsigned threads = 2;
  std::optional<Digest> checksum;
  std::vector<std::shared_ptr<Spool>> followed;
  std::stop_source stop;

  Result<ConvertedImage> convert(Source& source, const Digest& archive) {
    events.layer_started = [this](std::shared_ptr<Spool> spool) { followed.push_back(std::move(spool)); };
    ArchiveExpected expected{checksum.value_or(archive), platform, version};
    return convert_archive(source, expected, recipe, limits, store, events, threads, stop.get_token());
  }
  Result<ConvertedImage> convert(const std::string& archive) {
    MemoryBlob blob("application/x-xz", archive);
    return convert(**blob.open(0, {}), digest_of(archive));
  }

  void expect_error(const std::string& archive, ErrorKind kind, const std::string& text) {
    auto image = convert(archive);
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().kind(), kind) << image.error().text();
    EXPECT_NE(image.error().text().find(text), std::string::npos) << image.error().text();
    EXPECT_TRUE(store.blobs.empty());
    for (auto& spool : followed) {
      EXPECT_FALSE(spool->descriptor());
      EXPECT_FALSE(read_all(**spool->open(0, {}), 1 << 30));
    }
  }
  void expect_corrupt(const std::string& archive, const std::string& text) {
    expect_error(archive, ErrorKind::corrupt, text);
  }
};

// A root file system of a few pieces.
inline ArchiveRecipe large_recipe() {
  static const std::string noise = [] {
    std::string text;
    for (unsigned i = 0; text.size() < (3 << 19); ++i) text += std::to_string(i * 2654435761u);
    return text;
  }();
  ArchiveRecipe made = small_archive(amd64);
  made.layers[0].push_back({.path = "./usr/lib/large", .content = noise});
  return made;
}

inline const std::string& large_archive() {
  static const std::string archive = make_archive(large_recipe());
  return archive;
}

}  // namespace eulerpublisher::test
