#include "engine/unpack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "oci/media_type.h"
#include "support/archive_maker.h"
#include "support/process.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::MadeFiles;
using testing::HasSubstr;

// A folder beside the root that nothing may be written into.
class UnpackTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(root());
    fs::create_directory(folder / "outside");
    test::write_text(folder / "outside/kept", "kept");
  }

  fs::path root() const { return folder / "root"; }

  static ImageToRun image_of(const std::vector<std::string>& tars) {
    Config config;
    Manifest manifest{std::string(media_type::manifest),
                      {std::string(media_type::config), digest_of("{}"), 2, {}, {}},
                      {},
                      {}};
    std::map<Digest, std::string> bytes;
    for (const std::string& tar : tars) {
      manifest.layers.push_back({std::string(media_type::layer_tar), digest_of(tar), tar.size(), {}, {}});
      bytes[digest_of(tar)] = tar;
    }
    return {*Platform::parse("amd64"), Document<Manifest>::of(manifest),
            *Document<Config>::parse(
                R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}})"),
            [bytes](const Descriptor& layer, std::stop_token stop) -> Result<std::unique_ptr<Source>> {
              auto blob = std::make_shared<MemoryBlob>(layer.media_type, bytes.at(layer.digest));
              struct Held : Source {
                std::shared_ptr<MemoryBlob> blob;
                std::unique_ptr<Source> source;
                Result<size_t> read(std::span<std::byte> room) override { return source->read(room); }
              };
              auto held = std::make_unique<Held>();
              held->blob = blob;
              held->source = TRY(blob->open(0, stop));
              return std::unique_ptr<Source>(std::move(held));
            }};
  }

  Done unpack_layers(const std::vector<MadeFiles>& layers) {
    std::vector<std::string> tars;
    for (const MadeFiles& files : layers) tars.push_back(test::make_tar(files));
    return unpack(image_of(tars), root(), {});
  }

  // Whatever became of it: nothing was written beside the root.
  void TearDown() override {
    EXPECT_EQ(test::read_text(folder / "outside/kept"), "kept");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder / "outside"), {}), 1);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 2);
  }

  std::string text(const fs::path& path) const { return test::read_text(root() / path); }

  test::TempFolder folder;
};

TEST_F(UnpackTest, KeepsOwnersModesTimesAttributesAndHardLinks) {
  if (geteuid() != 0) GTEST_SKIP() << "SKIPPED: only root gives files to others";
  Done done =
      unpack_layers({{{.path = "usr/bin/"},
                      {.path = "usr/bin/su", .content = "su", .mode = 04755, .uid = 0, .gid = 12},
                      {.path = "usr/bin/also", .link = "usr/bin/su", .hard = true},
                      {.path = "home/me/", .mode = 0700, .uid = 1000, .gid = 1001},
                      {.path = "home/me/f", .content = "x", .uid = 1000, .xattrs = {{"user.note", "n"}}}}});
  ASSERT_TRUE(done.has_value()) << done.error().text();
  struct stat su {
  }, also{}, home{};
  ASSERT_EQ(lstat((root() / "usr/bin/su").c_str(), &su), 0);
  ASSERT_EQ(lstat((root() / "usr/bin/also").c_str(), &also), 0);
  ASSERT_EQ(lstat((root() / "home/me").c_str(), &home), 0);
  EXPECT_EQ(su.st_mode & 07777, 04755u);
  EXPECT_EQ(su.st_gid, 12u);
  EXPECT_EQ(su.st_ino, also.st_ino);
  EXPECT_EQ(su.st_mtime, 1717236000);
  EXPECT_EQ(home.st_uid, 1000u);
  EXPECT_EQ(home.st_mode & 07777, 0700u);
  char note = 0;
  if (getxattr((root() / "home/me/f").c_str(), "user.note", &note, 1) == 1) {
    EXPECT_EQ(note, 'n');
  } else {
    EXPECT_EQ(errno, ENOTSUP);  // a file system without them
  }
}

TEST_F(UnpackTest, LaysLayersOverOneAnother) {
  Done done = unpack_layers({{{.path = "etc/a", .content = "old"},
                              {.path = "etc/b", .content = "b"},
                              {.path = "opt/x/deep/f", .content = "f"},
                              {.path = "var/d", .content = "a file"}},
                             {{.path = "etc/.wh.b"},
                              {.path = "etc/a", .content = "new"},
                              {.path = "opt/x/kept", .content = "k"},
                              {.path = "opt/x/.wh..wh..opq"},
                              {.path = "var/d/", .mode = 0755},
                              {.path = "var/d/e", .content = "e"}}});
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_EQ(text("etc/a"), "new");
  EXPECT_FALSE(fs::exists(root() / "etc/b"));
  EXPECT_FALSE(fs::exists(root() / "etc/.wh.b"));
  EXPECT_FALSE(fs::exists(root() / "opt/x/deep"));
  EXPECT_EQ(text("opt/x/kept"), "k");
  EXPECT_EQ(text("var/d/e"), "e");
}

TEST_F(UnpackTest, KeepsWhatTheSameLayerHasPutWhereItHidesSomething) {
  Done done = unpack_layers(
      {{{.path = "d/old", .content = "o"}}, {{.path = "d/new", .content = "n"}, {.path = ".wh.d"}}});
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_FALSE(fs::exists(root() / "d/old"));
  EXPECT_EQ(text("d/new"), "n");
}

TEST_F(UnpackTest, RefusesNamesThatLeadUpwards) {
  for (const char* name : {"../outside/evil", "usr/../../outside/evil", "usr/.."}) {
    Done done = unpack_layers({{{.path = name, .content = "x"}}});
    ASSERT_FALSE(done.has_value()) << name;
    EXPECT_EQ(done.error().kind(), ErrorKind::corrupt);
    EXPECT_THAT(done.error().text(), HasSubstr("'..'"));
  }
}

TEST_F(UnpackTest, TakesAbsoluteNamesAndLinksAsWithinTheRoot) {
  std::string outside = (folder / "outside").string();
  Done done = unpack_layers({{{.path = "/abs", .content = "a"},
                              {.path = "way", .link = outside},
                              {.path = "up", .link = "../../../../../.." + outside},
                              {.path = "bin", .link = "usr/bin"},
                              {.path = "usr/bin/"},
                              {.path = "bin/sh", .content = "sh"}}});
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_EQ(text("abs"), "a");
  EXPECT_EQ(text("usr/bin/sh"), "sh");
  // Through a link that leads out: the place of that name within the root, or an error.
  for (const char* name : {"way/evil", "up/evil"}) (void)unpack_layers({{{.path = name, .content = "evil"}}});
}

TEST_F(UnpackTest, ReplacesALinkInsteadOfWritingThroughIt) {
  std::string kept = (folder / "outside/kept").string();
  Done done = unpack_layers({{{.path = "f", .link = kept}, {.path = "f", .content = "mine"}},
                             {{.path = "g", .link = (folder / "outside").string()}},
                             {{.path = "g/", .mode = 0700}, {.path = "g/in", .content = "in"}}});
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_EQ(text("f"), "mine");
  EXPECT_EQ(text("g/in"), "in");
}

TEST_F(UnpackTest, LinksHardToNothingOutside) {
  for (const std::string& target : {(folder / "outside/kept").string(), std::string("../outside/kept")})
    EXPECT_FALSE(unpack_layers({{{.path = "h", .link = target, .hard = true}}}).has_value()) << target;
  EXPECT_FALSE(fs::exists(root() / "h"));
}

TEST_F(UnpackTest, HidesNothingOutside) {
  EXPECT_FALSE(unpack_layers({{{.path = ".wh..."}, {.path = ".wh..", .content = ""}}}).has_value());
  Done done =
      unpack_layers({{{.path = "way", .link = (folder / "outside").string()}}, {{.path = "way/.wh.kept"}}});
  EXPECT_FALSE(done.has_value());
}

TEST_F(UnpackTest, RefusesALayerWhoseBytesAreOthers) {
  ImageToRun image = image_of({test::make_tar({{.path = "a", .content = "a"}})});
  std::string other = test::make_tar({{.path = "a", .content = "b"}});
  image.open_layer = [&](const Descriptor&, std::stop_token stop) {
    static MemoryBlob blob(std::string(media_type::layer_tar), other);
    return blob.open(0, stop);
  };
  Done done = unpack(image, root(), {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind(), ErrorKind::corrupt);
}

}  // namespace
}  // namespace eulerpublisher
