#include "image/convert.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <libdeflate.h>
#include <sys/mman.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "oci/media_type.h"
#include "stream/tar_reader.h"
#include "support/archive_maker.h"

namespace eulerpublisher {
namespace {

using test::ArchiveRecipe;
using test::MadeFile;
using test::MadeFiles;

const Platform amd64 = *Platform::parse("amd64");
const Platform arm64 = *Platform::parse("arm64");

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

std::string gunzip(std::string_view packed) {
  std::string text(4 << 20, '\0');
  size_t size = 0;
  auto* decompressor = libdeflate_alloc_decompressor();
  while (!packed.empty()) {
    size_t in = 0, out = 0;
    auto code = libdeflate_gzip_decompress_ex(decompressor, packed.data(), packed.size(), text.data() + size,
                                              text.size() - size, &in, &out);
    EXPECT_EQ(code, LIBDEFLATE_SUCCESS);
    if (code != LIBDEFLATE_SUCCESS) break;
    packed.remove_prefix(in);
    size += out;
  }
  libdeflate_free_decompressor(decompressor);
  text.resize(size);
  return text;
}

struct SeenEntry {
  TarEntry entry;
  std::string content;
};

std::vector<SeenEntry> entries_of(const std::string& tar) {
  bool given = false;
  TarReader reader([&]() -> Result<Bytes> { return std::exchange(given, true) ? Bytes{} : as_bytes(tar); });
  std::vector<SeenEntry> all;
  while (auto entry = reader.next().value()) {
    all.push_back({*entry, {}});
    for (Bytes bytes = *reader.content(); !bytes.empty(); bytes = *reader.content())
      all.back().content.append(as_text(bytes));
  }
  return all;
}

// A root file system of a few pieces.
ArchiveRecipe large_recipe() {
  static const std::string noise = [] {
    std::string text;
    for (unsigned i = 0; text.size() < (3 << 19); ++i) text += std::to_string(i * 2654435761u);
    return text;
  }();
  ArchiveRecipe made = test::small_archive(amd64);
  made.layers[0].push_back({.path = "./usr/lib/large", .content = noise});
  return made;
}

const std::string& large_archive() {
  static const std::string archive = test::make_archive(large_recipe());
  return archive;
}

TEST(ConvertArchive, KeepsTheReleasedLayerBitForBit) {
  ArchiveRecipe made = test::small_archive(amd64);
  std::string tar = test::make_tar(made.layers[0]);
  for (auto form :
       {ArchiveRecipe::Form::skopeo, ArchiveRecipe::Form::docker_save, ArchiveRecipe::Form::docker_save_25})
    for (bool manifest_first : {false, true}) {
      made.form = form;
      made.manifest_first = manifest_first;
      Trial trial;
      auto image = trial.convert(test::make_archive(made));
      ASSERT_TRUE(image) << image.error().text();
      ASSERT_EQ(image->layers.size(), 2u);
      EXPECT_EQ(image->layers[0].media_type, media_type::layer_gzip);
      const std::string& layer = trial.store.blobs.at(image->layers[0].digest.text());
      EXPECT_EQ(layer.size(), image->layers[0].size);
      EXPECT_EQ(digest_of(layer), image->layers[0].digest);
      EXPECT_TRUE(gunzip(layer) == tar);
      EXPECT_EQ(image->os_version, "24.03 (LTS-SP1)");
      EXPECT_EQ(image->created, "2024-06-01T10:00:00Z");
      auto config = *Config::parse(image->config);
      ASSERT_EQ(config.diff_ids.size(), 2u);
      EXPECT_EQ(config.diff_ids[0], digest_of(tar));
      EXPECT_EQ(config.diff_ids[1], digest_of(gunzip(trial.store.blobs.at(image->layers[1].digest.text()))));
      EXPECT_EQ(config.history.size(), 2u);
      EXPECT_EQ(config.history[1].created_by, "eulerpublisher: UTC, TMOUT=0");
      EXPECT_EQ(config.cmd, std::vector<std::string>{"bash"});
    }
}

TEST(ConvertArchive, ChangesTimeZoneAndTimeoutInALayerOfTheirOwn) {
  Trial trial;
  auto image = trial.convert(test::make_archive(test::small_archive(amd64)));
  ASSERT_TRUE(image) << image.error().text();
  auto entries = entries_of(gunzip(trial.store.blobs.at(image->layers[1].digest.text())));
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].entry.name, "etc/");
  EXPECT_EQ(entries[0].entry.mode, 0755u);
  EXPECT_EQ(entries[0].entry.seconds, 1700000000);
  EXPECT_EQ(entries[1].entry.name, "etc/bashrc");
  EXPECT_EQ(entries[1].entry.mode, 0640u);
  EXPECT_EQ(entries[1].entry.gid, 7u);
  EXPECT_EQ(entries[1].content,
            "# /etc/bashrc\n[ -z \"$PS1\" ] && return\numask 0022\nexport TMOUT=0\n# MYTMOUT=5 stays\n");
  EXPECT_EQ(entries[2].entry.name, "etc/localtime");
  EXPECT_EQ(entries[2].entry.link, "/usr/share/zoneinfo/UTC");
}

TEST(ConvertArchive, LeavesOutWhatIsNotWantedOrNotThere) {
  Trial unwanted;
  unwanted.recipe.utc = unwanted.recipe.tmout = false;
  EXPECT_EQ(unwanted.convert(test::make_archive(test::small_archive(amd64)))->layers.size(), 1u);

  ArchiveRecipe bare = test::small_archive(amd64);
  std::erase_if(bare.layers[0], [](const MadeFile& file) {
    return file.path == "./etc/bashrc" || file.path == "./usr/share/zoneinfo/UTC";
  });
  Trial trial;
  auto image = trial.convert(test::make_archive(bare));
  ASSERT_TRUE(image);
  EXPECT_EQ(image->layers.size(), 1u);
  EXPECT_EQ(Config::parse(image->config)->history.size(), 1u);
}

TEST(ConvertArchive, GivesTheSameImageForAnyNumberOfThreadsAndBlocks) {
  Trial one;
  one.threads = 1;
  auto first = one.convert(large_archive());
  ASSERT_TRUE(first) << first.error().text();
  ArchiveRecipe blocks = large_recipe();
  blocks.xz_block = 400000;
  std::string archive = test::make_archive(blocks);
  for (unsigned threads : {2, 8}) {
    Trial other;
    other.threads = threads;
    auto image = other.convert(archive);
    ASSERT_TRUE(image) << image.error().text();
    EXPECT_EQ(image->layers, first->layers);
    EXPECT_EQ(image->config, first->config);
    EXPECT_TRUE(other.store.blobs == one.store.blobs);
  }
}

TEST(ConvertArchive, ReadsSeveralLayersAndWritesThoseListedTwiceOnce) {
  ArchiveRecipe made = test::small_archive(arm64);
  MadeFiles app{{.path = "opt/"}, {.path = "opt/app", .content = "app"}};
  made.layers = {made.layers[0], app, app};
  for (auto form :
       {ArchiveRecipe::Form::skopeo, ArchiveRecipe::Form::docker_save, ArchiveRecipe::Form::docker_save_25}) {
    made.form = form;
    Trial trial;
    trial.platform = arm64;
    auto image = trial.convert(test::make_archive(made));
    ASSERT_TRUE(image) << image.error().text();
    ASSERT_EQ(image->layers.size(), 4u);
    EXPECT_EQ(image->layers[1], image->layers[2]);
    EXPECT_EQ(trial.store.blobs.size(), 3u);
    EXPECT_EQ(trial.store.spools, 3);
  }
}

TEST(ConvertArchive, SealsWhatItsFollowersReadOnlyAtTheEnd) {
  Trial trial;
  bool sealed_early = false;
  trial.events.progress = [&](uint64_t, uint64_t) {
    for (auto& spool : trial.followed) sealed_early |= spool->descriptor().has_value();
  };
  auto image = trial.convert(test::make_archive(test::small_archive(amd64)));
  ASSERT_TRUE(image);
  EXPECT_FALSE(sealed_early);
  ASSERT_EQ(trial.followed.size(), 2u);
  EXPECT_EQ(trial.followed[0]->descriptor()->digest, image->layers[0].digest);
  EXPECT_EQ(*read_all(**trial.followed[0]->open(0, {}), 1 << 20),
            trial.store.blobs.at(image->layers[0].digest.text()));
}

TEST(ConvertArchive, AbandonsFilesThatAreNoLayers) {
  ArchiveRecipe made = test::small_archive(amd64);
  made.twist = [](MadeFiles& members) {
    members.insert(members.begin(), {.path = "notes.tar", .content = "no tar at all"});
  };
  Trial trial;
  ASSERT_TRUE(trial.convert(test::make_archive(made)));
  EXPECT_EQ(trial.store.blobs.size(), 2u);
  EXPECT_FALSE(trial.followed[0]->descriptor());
  EXPECT_FALSE(read_all(**trial.followed[0]->open(0, {}), 1 << 20));
}

TEST(ConvertArchive, ShowsEntriesToWhoeverWantsToWatch) {
  class Watcher : public LayerWatcher {
   public:
    Result<uint64_t> entry(const TarEntry& entry) override {
      names.push_back(entry.name);
      return entry.name == "./etc/passwd" ? 4 : 0;
    }
    Done content(const TarEntry&, std::string bytes) override {
      passwd = bytes;
      return {};
    }
    Done end() override {
      ended = true;
      return {};
    }
    std::vector<std::string> names;
    std::string passwd;
    bool ended = false;
  };
  std::vector<std::shared_ptr<Watcher>> watchers;
  Trial trial;
  trial.events.watch_layer = [&] {
    watchers.push_back(std::make_shared<Watcher>());
    return std::vector<std::shared_ptr<LayerWatcher>>{watchers.back()};
  };
  ASSERT_TRUE(trial.convert(test::make_archive(test::small_archive(amd64))));
  ASSERT_EQ(watchers.size(), 2u);
  EXPECT_EQ(watchers[0]->names.size(), 18u);
  EXPECT_EQ(watchers[0]->passwd, "root");
  EXPECT_TRUE(watchers[0]->ended);
}

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

TEST(ConvertArchive, CompressesWithZstdWhenAskedTo) {
  Trial trial;
  trial.recipe.compression = Recipe::Compression::zstd;
  auto image = trial.convert(test::make_archive(test::small_archive(amd64)));
  ASSERT_TRUE(image);
  EXPECT_EQ(image->layers[0].media_type, media_type::layer_zstd);
  EXPECT_TRUE(trial.store.blobs.at(image->layers[0].digest.text()).starts_with("\x28\xb5\x2f\xfd"));
}

TEST(ConvertedImage, IsTheSameWhenPrintedAndRead) {
  Trial trial;
  auto image = trial.convert(test::make_archive(test::small_archive(amd64)));
  ASSERT_TRUE(image);
  auto read = ConvertedImage::parse(image->print());
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->print(), image->print());
  EXPECT_EQ(read->layers, image->layers);
  EXPECT_EQ(read->config, image->config);
  EXPECT_FALSE(ConvertedImage::parse("{}"));
  EXPECT_FALSE(ConvertedImage::parse("[]"));
}

TEST(Recipe, NamesEverythingTheBytesDependOn) {
  Recipe recipe;
  EXPECT_EQ(recipe.text(), "v1 gzip-5-1MiB libdeflate-" LIBDEFLATE_VERSION_STRING " utc tmout");
  recipe.tmout = false;
  recipe.compression = Recipe::Compression::zstd;
  EXPECT_TRUE(recipe.text().starts_with("v1 zstd-"));
  EXPECT_TRUE(recipe.text().ends_with(" utc"));
}

}  // namespace
}  // namespace eulerpublisher
