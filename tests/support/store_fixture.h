#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "oci/media_type.h"
#include "store/blobs.h"
#include "store/store.h"

namespace eulerpublisher::test {

inline Tag tag(std::string_view text) { return *Tag::parse(text); }

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

inline std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code missing;
  for (auto& entry : std::filesystem::directory_iterator(folder, missing))
    names.push_back(entry.path().filename().string());
  return names;
}

// Every store test runs twice: with files that have no name, and where the file system cannot do that.
class StoreTest : public testing::TestWithParam<Store::Unfinished> {
 protected:
  StoreTest() {
    // In memory where that can be had: what is tested here is not how long a disk takes to sync.
    std::filesystem::path place = access("/dev/shm", W_OK) == 0 ? std::filesystem::path("/dev/shm")
                                                                : std::filesystem::temp_directory_path();
    std::string pattern = (place / "store-test-XXXXXX").string();
    above_ = mkdtemp(pattern.data());
    folder_ = above_ / "store";
  }
  ~StoreTest() override { std::filesystem::remove_all(above_); }

  std::unique_ptr<Store> open() {
    auto store = Store::open(folder_, GetParam());
    EXPECT_TRUE(store.has_value()) << store.error().text();
    return std::move(*store);
  }

  static Descriptor fill(Spool& spool, std::string_view text) {
    EXPECT_TRUE(spool.write(as_bytes(text)).has_value());
    EXPECT_TRUE(spool.finish().has_value());
    Descriptor descriptor{std::string(media_type::layer_gzip), digest_of(text), text.size(), {}, {}};
    spool.seal(descriptor);
    return descriptor;
  }

  static Descriptor keep_layer(Store& store, std::string_view text) {
    auto spool = store.new_spool();
    EXPECT_TRUE(spool.has_value());
    Descriptor layer = fill(**spool, text);
    Done kept = store.keep(**spool);
    EXPECT_TRUE(kept.has_value()) << kept.error().text();
    return layer;
  }

  // An image of one layer, and its manifest's descriptor.
  static Descriptor keep_image(Store& store, const Descriptor& layer, const std::string& config = "{}") {
    Descriptor config_entry{std::string(media_type::config), digest_of(config), config.size(), {}, {}};
    Manifest manifest{std::string(media_type::manifest), config_entry, {layer}, {}};
    auto document = Document<Manifest>::of(manifest);
    EXPECT_TRUE(store.keep(config).has_value());
    EXPECT_TRUE(store.keep(document.bytes()).has_value());
    return document.descriptor(media_type::manifest);
  }

  // As if it had last been used that many hours ago.
  static void age(const std::filesystem::path& path, int hours) {
    std::filesystem::last_write_time(
        path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours));
  }

  std::filesystem::path blob(const Digest& digest) const { return blob_path(folder_, digest); }

  std::filesystem::path above_;
  std::filesystem::path folder_;
};

}  // namespace eulerpublisher::test
