#include "image/assemble.h"

#include <gtest/gtest.h>

#include "image/annotations.h"
#include "oci/media_type.h"

namespace eulerpublisher {
namespace {

ConvertedImage image_of(const char* architecture, const std::string& created) {
  return {digest_of(architecture),
          *Platform::parse(architecture),
          {{std::string(media_type::layer_gzip), digest_of(created), 10, {}, {}}},
          R"({"architecture":"x"})",
          "24.03 (LTS-SP1)",
          created};
}

Provenance provenance() {
  Provenance from;
  from.version = "24.03-LTS-SP1";
  from.tag = "24.03-lts-sp1";
  from.recipe = "v1";
  return from;
}

TEST(AssembleImage, SaysWhatItWasMadeOf) {
  AssembledImage image = assemble_image(image_of("amd64", "2024-06-01T10:00:00Z"),
                                        "https://repo/openEuler.tar.xz", provenance());
  EXPECT_EQ(image.manifest->config.digest, digest_of(R"({"architecture":"x"})"));
  EXPECT_EQ(image.manifest->layers.size(), 1u);
  Annotations found = image.manifest->annotations;
  EXPECT_EQ(found.at("org.opencontainers.image.title"), "openEuler");
  EXPECT_EQ(found.at("org.opencontainers.image.version"), "24.03-LTS-SP1");
  EXPECT_EQ(found.at("org.opencontainers.image.ref.name"), "24.03-lts-sp1");
  EXPECT_EQ(found.at("org.opencontainers.image.created"), "2024-06-01T10:00:00Z");
  EXPECT_EQ(found.at("org.openeuler.archive.url"), "https://repo/openEuler.tar.xz");
  EXPECT_EQ(found.at("org.openeuler.archive.sha256"), digest_of("amd64").hex());
  EXPECT_EQ(found.at("org.openeuler.recipe"), "v1");
  EXPECT_FALSE(found.contains("org.openeuler.update.date"));
  EXPECT_TRUE(Manifest::parse(image.manifest.bytes()));
}

TEST(AssembleIndex, IsTheSameInWhateverOrderItsImagesCome) {
  Provenance from = provenance();
  from.update_date = "2024-06-01";
  AssembledImage amd64 = assemble_image(image_of("amd64", "2024-06-01T12:00:00Z"), "u1", from);
  AssembledImage arm64 = assemble_image(image_of("arm64", "2024-06-01T11:00:00-02:00"), "u2", from);
  auto index = assemble_index({arm64, amd64}, from);
  EXPECT_EQ(index.bytes(), assemble_index({amd64, arm64}, from).bytes());
  ASSERT_EQ(index->manifests.size(), 2u);
  EXPECT_EQ(index->manifests[0].platform, amd64.platform);
  EXPECT_EQ(index->manifests[0].digest, amd64.manifest.digest());
  EXPECT_EQ(index->annotations.at("org.openeuler.archive.sha256.arm64"), digest_of("arm64").hex());
  EXPECT_EQ(index->annotations.at("org.openeuler.archive.url.amd64"), "u1");
  EXPECT_EQ(index->annotations.at("org.openeuler.update.date"), "2024-06-01");
  // 11:00 two hours west of Greenwich is 13:00 there.
  EXPECT_EQ(index->annotations.at("org.opencontainers.image.created"), "2024-06-01T11:00:00-02:00");
}

}  // namespace
}  // namespace eulerpublisher
