#include "build/saved_image.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "oci/document.h"
#include "oci/media_type.h"
#include "support/process.h"
#include "support/trial_conversion.h"

namespace eulerpublisher::build {
namespace {

using nlohmann::json;
using test::ArchiveRecipe;
using test::MadeFiles;

// Keeps documents too.
class KeepingStore : public test::FakeStore {
 public:
  using FakeStore::keep;
  Done keep(const std::string& bytes) override {
    blobs[digest_of(bytes).text()] = bytes;
    return {};
  }
};

class TakeSavedImage : public testing::Test {
 protected:
  TakeSavedImage() {
    recipe_ = test::small_archive(test::amd64);
    recipe_.layers.push_back({{.path = "app/run", .content = "run\n"}});
  }
  Result<BuiltImage> take(const MadeFiles& members, const KnownLayers& known = {}) {
    test::write_text(folder_ / "image.tar", test::make_tar(members));
    return take_saved_image(folder_ / "image.tar", test::amd64, known, store_, {});
  }
  std::string complaint(const MadeFiles& members) {
    auto image = take(members);
    return image ? "" : image.error().text();
  }

  ArchiveRecipe recipe_;
  KeepingStore store_;
  test::TempFolder folder_{"ep-saved"};
};

TEST_F(TakeSavedImage, ReadsWhatEveryEngineSaves) {
  std::set<std::string> configs;
  for (auto form :
       {ArchiveRecipe::Form::skopeo, ArchiveRecipe::Form::docker_save, ArchiveRecipe::Form::docker_save_25}) {
    recipe_.form = form;
    auto image = take(test::make_members(recipe_));
    ASSERT_TRUE(image.has_value()) << image.error().text();
    ASSERT_EQ(image->layers.size(), 2u);
    EXPECT_EQ(image->created, recipe_.created);
    EXPECT_EQ(image->inspected.size(), 2u);
    for (const Descriptor& layer : image->layers) {
      EXPECT_EQ(layer.media_type, media_type::layer_gzip);
      EXPECT_TRUE(store_.blobs.contains(layer.digest.text()));
    }
    configs.insert(image->config);
  }
  EXPECT_EQ(configs.size(), 1u);
}

TEST_F(TakeSavedImage, LeavesTheLayersOfItsBaseToTheBase) {
  MadeFiles members = test::make_members(recipe_);
  BuiltImage whole = take(members).value();
  Config config = Config::parse(whole.config).value();
  Descriptor of_base{std::string(media_type::layer_zstd), digest_of("as the base has it"), 7, {}, {}};
  store_.blobs.clear();
  BuiltImage image = take(members, {{config.diff_ids[0], of_base}}).value();
  EXPECT_EQ(image.layers[0], of_base);
  EXPECT_EQ(image.layers[1], whole.layers[1]);
  EXPECT_EQ(image.inspected.size(), 1u);
  EXPECT_EQ(store_.blobs.size(), 2u);  // one layer, the configuration
}

// As buildx writes it: an index, attestations beside the image, layers as the registry has them.
class Layout {
 public:
  std::string add(const std::string& bytes) {
    files_.push_back({.path = "blobs/sha256/" + std::string(digest_of(bytes).hex()), .content = bytes});
    return digest_of(bytes).text();
  }
  json entry(std::string_view type, const std::string& bytes) {
    return {{"mediaType", type}, {"digest", add(bytes)}, {"size", bytes.size()}};
  }
  MadeFiles files(const json& index) {
    MadeFiles all = files_;
    all.push_back({.path = "index.json", .content = index.dump()});
    all.push_back({.path = "oci-layout", .content = R"({"imageLayoutVersion":"1.0.0"})"});
    return all;
  }

 private:
  MadeFiles files_;
};

TEST_F(TakeSavedImage, ReadsAnOciLayoutWithAttestations) {
  Layout layout;
  std::string plain = test::make_tar({{.path = "a", .content = "1"}});
  std::string zipped = test::run({{"gzip", "-nc"}}, plain + "").out;
  ASSERT_FALSE(zipped.empty());
  std::string tar = test::make_tar({{.path = "b", .content = "2"}});
  json config{
      {"os", "linux"},
      {"architecture", "amd64"},
      {"config", json::object()},
      {"rootfs", {{"type", "layers"}, {"diff_ids", {digest_of(plain).text(), digest_of(tar).text()}}}}};
  json manifest{
      {"schemaVersion", 2},
      {"mediaType", media_type::manifest},
      {"config", layout.entry(media_type::config, config.dump())},
      {"layers", {layout.entry(media_type::layer_gzip, zipped), layout.entry(media_type::layer_tar, tar)}}};
  json image = layout.entry(media_type::manifest, manifest.dump());
  image["platform"] = {{"os", "linux"}, {"architecture", "amd64"}};
  json attestation = layout.entry(media_type::manifest, "{}");
  attestation["platform"] = {{"os", "unknown"}, {"architecture", "unknown"}};
  json inner{{"schemaVersion", 2}, {"mediaType", media_type::index}, {"manifests", {image, attestation}}};
  json outer{{"schemaVersion", 2}, {"manifests", {layout.entry(media_type::index, inner.dump())}}};
  auto taken = take(layout.files(outer));
  ASSERT_TRUE(taken.has_value()) << taken.error().text();
  EXPECT_EQ(taken->config, config.dump());
  EXPECT_EQ(taken->layers[0].digest, digest_of(zipped));  // as it was
  EXPECT_EQ(taken->layers[1].media_type, media_type::layer_gzip);
  Descriptor of_base{std::string(media_type::layer_gzip), digest_of(zipped), zipped.size(), {}, {}};
  auto known = take(layout.files(outer), {{digest_of("who knows"), of_base}});
  ASSERT_TRUE(known.has_value()) << known.error().text();
  EXPECT_EQ(known->layers[0], of_base);
}

TEST_F(TakeSavedImage, RefusesWhatIsNotWhatItClaims) {
  recipe_.stated_platform = test::arm64;
  EXPECT_NE(
      complaint(test::make_members(recipe_)).find("it is an image for linux/arm64, not for linux/amd64"),
      std::string::npos);
  recipe_.stated_platform.reset();
  recipe_.stated_diff_ids = {digest_of("x").text(), digest_of("y").text()};
  EXPECT_NE(complaint(test::make_members(recipe_)).find("the configuration says"), std::string::npos);
  recipe_.stated_diff_ids.clear();
  MadeFiles members = test::make_members(recipe_);
  for (auto& member : members) {
    if (member.path != "manifest.json") continue;
    json list = json::parse(member.content);
    list[0]["Layers"].erase(1);
    member.content = list.dump();
  }
  EXPECT_NE(complaint(members).find("it has 1 layers, its configuration 2"), std::string::npos);
  EXPECT_NE(complaint({{.path = "manifest.json", .content = "[]"}}).find("does not name exactly one image"),
            std::string::npos);
  EXPECT_NE(complaint({{.path = "x", .content = "y"}}).find("it has no document index.json"),
            std::string::npos);
}

TEST_F(TakeSavedImage, FollowsNoLinkOutOfTheArchive) {
  recipe_.form = ArchiveRecipe::Form::docker_save;
  MadeFiles members = test::make_members(recipe_);
  for (auto& member : members)
    if (member.path.ends_with("layer.tar")) member = {.path = member.path, .link = "/etc/passwd"};
  EXPECT_NE(complaint(members).find("it has no layer /etc/passwd"), std::string::npos) << complaint(members);
}

}  // namespace
}  // namespace eulerpublisher::build
