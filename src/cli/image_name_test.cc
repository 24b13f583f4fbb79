#include "cli/image_name.h"

#include <gtest/gtest.h>

namespace eulerpublisher::cli {
namespace {

std::string read(const std::string& text) {
  auto name = ImageName::parse(text);
  if (!name) return "refused";
  std::string place = name->target.host ? name->target.host->text() + " " + name->target.repository.text()
                                        : "folder " + name->target.folder.string();
  return place + " " + name->reference;
}

TEST(ImageName, IsReadAsDockerReadsIt) {
  EXPECT_EQ(read("quay.io/openeuler/openeuler:24.03-lts"), "quay.io openeuler/openeuler 24.03-lts");
  EXPECT_EQ(read("127.0.0.1:5000/a/b"), "127.0.0.1:5000 a/b latest");
  EXPECT_EQ(read("localhost/a:1"), "localhost a 1");
  EXPECT_EQ(read("openeuler/openeuler:22.03"), "docker.io openeuler/openeuler 22.03");
  EXPECT_EQ(read("busybox"), "docker.io library/busybox latest");
  std::string digest = "sha256:" + std::string(64, 'a');
  EXPECT_EQ(read("quay.io/a/b@" + digest), "quay.io a/b " + digest);
}

TEST(ImageName, MayLieInAFolder) {
  EXPECT_EQ(read("oci:images:24.03-lts"), "folder images 24.03-lts");
  EXPECT_EQ(read("oci:/srv/a.b/images"), "folder /srv/a.b/images latest");
}

TEST(ImageName, IsRefusedWhenItIsNone) {
  for (const char* text : {"", "oci:", "a/b:", "A/B", "a b", "quay.io/x@sha256:1", "oci::x"})
    EXPECT_EQ(read(text), "refused") << text;
}

}  // namespace
}  // namespace eulerpublisher::cli
