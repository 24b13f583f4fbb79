#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "image/convert.h"
#include "support/archive_maker.h"
#include "support/trial_conversion.h"

namespace eulerpublisher {
namespace {

using test::amd64;
using test::ArchiveRecipe;
using test::arm64;
using test::large_archive;
using test::MadeFile;
using test::MadeFiles;
using test::Trial;

TEST(ConvertArchive, RefusesAWrongChecksumWhateverElseIsWrong) {
  std::string archive = test::make_archive(test::small_archive(amd64));
  Trial trial;
  trial.checksum = digest_of("another archive");
  trial.expect_corrupt(archive, "its checksum is " + digest_of(archive).text() + ", but ");
  Trial cut;
  cut.checksum = digest_of(archive);
  cut.expect_corrupt(archive.substr(0, archive.size() / 5 * 4), "(its xz data ends too early");
}

TEST(ConvertArchive, RefusesWhatIsNoXzOrNoTar) {
  std::string archive = test::make_archive(test::small_archive(amd64));
  Trial().expect_corrupt(archive.substr(0, archive.size() - 10), "its xz data ends too early, after ");
  Trial().expect_corrupt(archive + "something else altogether", "its xz data is damaged near byte ");
  Trial().expect_corrupt("<html>404</html>", "it is not an xz archive");
  Trial().expect_corrupt("", "it is empty, not an xz archive");
  Trial().expect_corrupt(test::xz("no tar, but a long enough text" + std::string(2000, '!')),
                         "it is not a tar");
}

TEST(ConvertArchive, RefusesLayersThatAreNotWhatTheConfigurationSays) {
  ArchiveRecipe lie = test::small_archive(amd64);
  lie.stated_diff_ids = {digest_of("something else").text()};
  Trial().expect_corrupt(test::make_archive(lie), "its configuration says " + lie.stated_diff_ids[0]);

  ArchiveRecipe renamed = test::small_archive(amd64);
  std::string hex(64, 'a');
  renamed.twist = [&](MadeFiles& members) {
    std::string old = members[0].path;
    members[0].path = hex + ".tar";
    std::string& manifest = members.back().content;
    manifest.replace(manifest.find(old), old.size(), hex + ".tar");
  };
  Trial().expect_corrupt(test::make_archive(renamed), "is not what its name says");

  ArchiveRecipe fewer = test::small_archive(amd64);
  fewer.layers.push_back({{.path = "opt/"}});
  fewer.twist = [](MadeFiles& members) {
    std::string& manifest = members.back().content;
    manifest.erase(manifest.find_last_of(','), manifest.rfind("]}") - manifest.find_last_of(','));
  };
  Trial().expect_corrupt(test::make_archive(fewer), "its configuration has 2 layers, its manifest.json 1");
}

TEST(ConvertArchive, RefusesAConfigurationThatIsNotWhatItsNameSays) {
  ArchiveRecipe lie = test::small_archive(amd64);
  lie.twist = [](MadeFiles& members) {
    for (MadeFile& file : members)
      if (file.path.ends_with(".json") && file.path != "manifest.json") file.content += " ";
  };
  Trial().expect_corrupt(test::make_archive(lie), "is not what its name says");
}

TEST(ConvertArchive, RefusesTwoImagesInOneArchive) {
  ArchiveRecipe two = test::small_archive(amd64);
  two.twist = [](MadeFiles& members) {
    std::string& manifest = members.back().content;
    std::string entry = manifest.substr(1, manifest.size() - 2);
    manifest = "[" + entry + "," + entry + "]";
  };
  Trial().expect_corrupt(test::make_archive(two), "it holds 2 images");

  ArchiveRecipe beside = test::small_archive(amd64);
  beside.twist = [](MadeFiles& members) {
    members.push_back({.path = std::string(64, 'b') + ".json", .content = "{}"});
  };
  Trial().expect_corrupt(test::make_archive(beside), "it holds two configurations");
}

TEST(ConvertArchive, RefusesAMissingLayerOrConfiguration) {
  ArchiveRecipe no_layer = test::small_archive(amd64);
  no_layer.twist = [](MadeFiles& members) { members.erase(members.begin()); };
  Trial().expect_corrupt(test::make_archive(no_layer), "which is not in the archive");
  ArchiveRecipe no_config = test::small_archive(amd64);
  no_config.twist = [](MadeFiles& members) {
    std::erase_if(members,
                  [](const MadeFile& file) { return file.path.ends_with(".json") && file.path[0] != 'm'; });
  };
  Trial().expect_corrupt(test::make_archive(no_config), "manifest.json names the configuration '");
}

TEST(ConvertArchive, FollowsLinksWithinTheArchiveAndNoOthers) {
  ArchiveRecipe linked = test::small_archive(amd64);
  linked.twist = [](MadeFiles& members) {
    std::string& manifest = members.back().content;
    std::string layer = members[0].path;
    manifest.replace(manifest.find(layer), layer.size(), members[1].path);
  };
  Trial trial;
  auto image = trial.convert(test::make_archive(linked));
  EXPECT_TRUE(image) << image.error().text();

  for (std::string target : {"../../layer.tar", "/etc/passwd", "../a/../../b"}) {
    ArchiveRecipe out = test::small_archive(amd64);
    out.twist = [&](MadeFiles& members) { members[1].link = target; };
    Trial().expect_corrupt(test::make_archive(out),
                           "/layer.tar' points out of the archive, to '" + target + "'");
  }
  ArchiveRecipe circle = test::small_archive(amd64);
  circle.twist = [](MadeFiles& members) {
    members[0] = {.path = members[0].path, .link = members[1].path};
    members[1].link = "../" + members[0].path;
  };
  Trial().expect_corrupt(test::make_archive(circle), "which is not in the archive");
}

TEST(ConvertArchive, RefusesNamesThatLieOutsideOrComeTwice) {
  for (std::string name : {"../x.json", "/x.json", "a/../../x.json"}) {
    ArchiveRecipe out = test::small_archive(amd64);
    out.twist = [&](MadeFiles& members) { members.push_back({.path = name, .content = "{}"}); };
    Trial().expect_corrupt(test::make_archive(out), "would lie outside of it");
  }
  ArchiveRecipe twice = test::small_archive(amd64);
  twice.twist = [](MadeFiles& members) { members.push_back(members.back()); };
  Trial().expect_corrupt(test::make_archive(twice), "it has two members named 'manifest.json'");
}

TEST(ConvertArchive, RefusesAnotherArchitecture) {
  Trial swapped;
  swapped.platform = arm64;
  swapped.expect_corrupt(test::make_archive(test::small_archive(amd64)),
                         "its configuration says linux/amd64, but linux/arm64 was asked for");

  ArchiveRecipe lie = test::small_archive(arm64);
  lie.stated_platform = amd64;
  Trial().expect_corrupt(test::make_archive(lie),
                         "its /bin/sh is a program for arm64, but amd64 was asked for");
}

TEST(ConvertArchive, RefusesAnotherVersion) {
  Trial().expect_corrupt(test::make_archive(test::small_archive(amd64, "24.03-LTS-SP2")),
                         "its os-release says version '24.03 (LTS-SP2)', but 24.03-LTS-SP1 was asked for");
  ArchiveRecipe none = test::small_archive(amd64);
  std::erase_if(none.layers[0], [](const MadeFile& file) { return file.path.ends_with("os-release"); });
  Trial().expect_corrupt(test::make_archive(none), "its root file system has no os-release");
  Trial whatever;
  whatever.version.reset();
  EXPECT_TRUE(whatever.convert(test::make_archive(none)));
}

TEST(ConvertArchive, BelievesTheTopmostLayer) {
  ArchiveRecipe made = test::small_archive(amd64);
  made.layers.push_back(
      {{.path = "usr/lib/os-release", .content = "VERSION='24.09'\n"}, {.path = "etc/.wh.bashrc"}});
  Trial trial;
  trial.version = "24.09";
  auto image = trial.convert(test::make_archive(made));
  ASSERT_TRUE(image) << image.error().text();
  EXPECT_EQ(Config::parse(image->config)->history.back().created_by, "eulerpublisher: UTC");

  made.layers.push_back({{.path = "usr/lib/.wh..wh..opq"}});
  Trial().expect_corrupt(test::make_archive(made), "its root file system has no os-release");
}

TEST(ConvertArchive, SaysWhatItCannotRead) {
  ArchiveRecipe layout = test::small_archive(amd64);
  layout.form = ArchiveRecipe::Form::docker_save_25;
  layout.twist = [](MadeFiles& members) {
    std::erase_if(members, [](const MadeFile& file) { return file.path == "manifest.json"; });
  };
  Trial().expect_error(test::make_archive(layout), ErrorKind::unsupported,
                       "it is an OCI image layout without manifest.json");

  ArchiveRecipe packed = test::small_archive(amd64);
  packed.layer_tars = {std::string("\x1f\x8b\x08\0\0\0\0\0 not really gzip", 24)};
  Trial().expect_error(test::make_archive(packed), ErrorKind::unsupported,
                       "is compressed with gzip inside the archive");

  std::string root = test::xz(test::make_tar(test::small_root(amd64, "24.03 (LTS-SP1)")));
  Trial().expect_corrupt(root, "it holds no manifest.json, so it is no docker-archive: it holds ");

  ArchiveRecipe rubbish = test::small_archive(amd64);
  rubbish.layer_tars = {std::string(5000, '?')};
  Trial().expect_corrupt(test::make_archive(rubbish), ".tar: it is not a tar");
}

TEST(ConvertArchive, StopsABombEarly) {
  Trial zeros;
  zeros.limits.unpacked = 1 << 20;
  ArchiveRecipe bomb = test::small_archive(amd64);
  bomb.layers[0].push_back({.path = "zeros", .content = std::string(3 << 20, '\0')});
  zeros.expect_corrupt(test::make_archive(bomb), "it unpacks to more than 1048576 bytes");

  Trial members;
  members.limits.members = 3;
  members.expect_corrupt(test::make_archive(test::small_archive(amd64)), "it has more than 3 members");
  Trial entries;
  entries.limits.entries = 5;
  entries.expect_corrupt(test::make_archive(test::small_archive(amd64)), "it has more than 5 entries");
  Trial names;
  names.limits.name = 100;
  ArchiveRecipe long_name = test::small_archive(amd64);
  long_name.layers[0].push_back({.path = std::string(200, 'n'), .content = "x"});
  names.expect_corrupt(test::make_archive(long_name), "it has a name longer than 100 bytes");
  Trial layers;
  layers.limits.layers = 1;
  ArchiveRecipe many = test::small_archive(amd64);
  many.layers.push_back({{.path = "opt/"}});
  layers.expect_corrupt(test::make_archive(many), "more than 1 files that may be layers");
}

// Gives an archive's bytes up to a point, and then does something else.
class Interrupted : public Source {
 public:
  Interrupted(std::string bytes, std::function<Result<size_t>()> then)
      : bytes_(std::move(bytes)), then_(std::move(then)) {}
  Result<size_t> read(std::span<std::byte> room) override {
    size_t count = std::min<size_t>({room.size(), bytes_.size() - given_, 1000});
    if (count == 0) return then_();
    std::memcpy(room.data(), bytes_.data() + given_, count);
    given_ += count;
    return count;
  }

 private:
  std::string bytes_;
  size_t given_ = 0;
  std::function<Result<size_t>()> then_;
};

TEST(ConvertArchive, PassesOnTheErrorOfItsSource) {
  const std::string& archive = large_archive();
  Trial trial;
  Interrupted source(archive.substr(0, archive.size() / 5 * 4),
                     []() -> Result<size_t> { return unavailable("the line was cut"); });
  auto image = trial.convert(source, digest_of(archive));
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().kind(), ErrorKind::unavailable);
  EXPECT_EQ(image.error().text(), "the line was cut");
  ASSERT_EQ(trial.followed.size(), 1u);
  EXPECT_EQ(read_all(**trial.followed[0]->open(0, {}), 1 << 30).error().text(), "the line was cut");
}

TEST(ConvertArchive, StopsInTheMiddleWhenAskedTo) {
  const std::string& archive = large_archive();
  Trial trial;
  Interrupted source(archive.substr(0, archive.size() / 5 * 4), [&]() -> Result<size_t> {
    trial.stop.request_stop();
    return cancelled("stopped while reading");
  });
  auto image = trial.convert(source, digest_of(archive));
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().kind(), ErrorKind::cancelled);
}

TEST(ConvertArchive, SaysThatTheDiskIsFull) {
  Trial trial;
  trial.store.disk_full = true;
  trial.expect_error(large_archive(), ErrorKind::unavailable, "no space left on device");
}

}  // namespace
}  // namespace eulerpublisher
