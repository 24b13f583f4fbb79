#include "image/convert.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <algorithm>
#include <utility>

#include "inspect/root_view.h"
#include "oci/media_type.h"
#include "stream/tar_reader.h"
#include "support/archive_maker.h"
#include "support/trial_conversion.h"

namespace eulerpublisher {
namespace {

using test::amd64;
using test::ArchiveRecipe;
using test::arm64;
using test::large_archive;
using test::large_recipe;
using test::MadeFile;
using test::MadeFiles;
using test::Trial;

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

TEST(ConvertArchive, ReportsWhatEachLayerHoldsAsItStreamsBy) {
  Trial trial;
  auto image = trial.convert(test::make_archive(test::small_archive(amd64)));
  ASSERT_TRUE(image);
  ASSERT_EQ(image->reports.size(), 2u);
  ASSERT_EQ(image->layers.size(), 2u);
  EXPECT_EQ(image->reports[0]->files.size(), 18u);
  RootView root;
  for (auto& report : image->reports) root.add(report);
  EXPECT_TRUE(root.at("etc/passwd")->content()->starts_with("root:"));
  EXPECT_EQ(root.at("etc/localtime")->link, "/usr/share/zoneinfo/UTC");
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
  EXPECT_EQ(recipe.text(), "v1 gzip-5-or-stored-1MiB libdeflate-" LIBDEFLATE_VERSION_STRING " utc tmout");
  recipe.tmout = false;
  recipe.compression = Recipe::Compression::zstd;
  EXPECT_TRUE(recipe.text().starts_with("v1 zstd-"));
  EXPECT_TRUE(recipe.text().ends_with(" utc"));
}

}  // namespace
}  // namespace eulerpublisher
