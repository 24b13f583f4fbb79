#include "build/identity.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "support/process.h"

namespace eulerpublisher::build {
namespace {

namespace fs = std::filesystem;
using test::write_text;

class HashContext : public testing::Test {
 protected:
  HashContext() {
    write_text(context_ / "Dockerfile", "FROM scratch\n");
    fs::create_directories(context_ / "bin");
    write_text(context_ / "bin/run", "echo run\n");
    fs::permissions(context_ / "bin/run", fs::perms(0644));
  }
  Digest hash() const { return hash_context(context_.path()).value(); }

  test::TempFolder context_{"ep-context"};
};

TEST_F(HashContext, IsTheSameForACopyMadeLater) {
  test::TempFolder copy("ep-copy");
  fs::copy(context_.path(), copy.path(), fs::copy_options::recursive);
  fs::last_write_time(copy / "Dockerfile", fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_EQ(hash_context(copy.path()).value(), hash());
}

TEST_F(HashContext, ChangesWithAByteAModeANameOrALink) {
  std::set<Digest> seen{hash()};
  auto differs = [&] { return seen.insert(hash()).second; };
  fs::permissions(context_ / "bin/run", fs::perms(0755));
  EXPECT_TRUE(differs());
  write_text(context_ / "bin/run", "echo ran\n");
  EXPECT_TRUE(differs());
  fs::rename(context_ / "bin/run", context_ / "bin/start");
  EXPECT_TRUE(differs());
  fs::create_symlink("start", context_ / "bin/run");
  EXPECT_TRUE(differs());
  fs::create_directory(context_ / "empty");
  EXPECT_TRUE(differs());
}

TEST_F(HashContext, RefusesWhatIsNoFile) {
  ASSERT_EQ(mkfifo((context_ / "pipe").c_str(), 0600), 0);
  auto hashed = hash_context(context_.path());
  ASSERT_FALSE(hashed);
  EXPECT_EQ(hashed.error().kind(), ErrorKind::invalid);
  EXPECT_NE(hashed.error().text().find("/pipe is neither a file nor a folder nor a link"), std::string::npos);
}

TEST(IdentityOf, ChangesWithEveryIngredient) {
  Ingredients first{digest_of("context"),         "FROM x",  {{"A", "1"}},
                    {{"x:1", digest_of("base")}}, "buildah", {"linux", "amd64", ""}};
  std::set<Digest> seen{identity_of(first)};
  auto differs = [&](auto change) {
    Ingredients other = first;
    change(other);
    return seen.insert(identity_of(other)).second;
  };
  EXPECT_TRUE(differs([](Ingredients& i) { i.context = digest_of("other"); }));
  EXPECT_TRUE(differs([](Ingredients& i) { i.dockerfile = "FROM y"; }));
  EXPECT_TRUE(differs([](Ingredients& i) { i.arguments["A"] = "2"; }));
  EXPECT_TRUE(differs([](Ingredients& i) { i.bases.at("x:1") = digest_of("update"); }));
  EXPECT_TRUE(differs([](Ingredients& i) { i.engine = "docker"; }));
  EXPECT_TRUE(differs([](Ingredients& i) { i.platform.architecture = "arm64"; }));
  EXPECT_FALSE(differs([](Ingredients&) {}));
}

}  // namespace
}  // namespace eulerpublisher::build
