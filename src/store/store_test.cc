#include "store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "oci/media_type.h"
#include "store/blobs.h"
#include "support/store_fixture.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::content_of;
using test::names_in;
using test::StoreTest;
using test::tag;
using test::write_file;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

INSTANTIATE_TEST_SUITE_P(Unfinished, StoreTest,
                         testing::Values(Store::Unfinished::without_name, Store::Unfinished::in_partial),
                         [](const auto& info) {
                           return info.param == Store::Unfinished::without_name ? "WithoutName" : "InPartial";
                         });

TEST_P(StoreTest, ANewStoreIsAnEmptyLayout) {
  auto store = open();
  EXPECT_EQ(content_of(folder_ / "oci-layout"), R"({"imageLayoutVersion":"1.0.0"})");
  auto index = Index::parse(content_of(folder_ / "index.json"));
  ASSERT_TRUE(index.has_value());
  EXPECT_THAT(index->manifests, IsEmpty());
  EXPECT_TRUE(fs::is_directory(folder_ / "blobs" / "sha256"));
  EXPECT_THAT(names_in(folder_ / "partial"), IsEmpty());
}

TEST_P(StoreTest, RefusesAFolderThatHoldsSomethingElse) {
  write_file(folder_ / "letters" / "mother.txt", "Dear mother");
  auto store = Store::open(folder_, GetParam());
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().kind(), ErrorKind::invalid);
  EXPECT_THAT(store.error().text(), HasSubstr("letters"));
  EXPECT_THAT(names_in(folder_), UnorderedElementsAre("letters"));
}

TEST_P(StoreTest, RefusesAFileAndAnEmptyNameAndANewerLayout) {
  write_file(folder_, "a file");
  EXPECT_EQ(Store::open(folder_, GetParam()).error().kind(), ErrorKind::invalid);
  EXPECT_EQ(Store::open("", GetParam()).error().kind(), ErrorKind::invalid);
  fs::remove(folder_);
  write_file(folder_ / "oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
  EXPECT_EQ(Store::open(folder_, GetParam()).error().kind(), ErrorKind::unsupported);
  write_file(folder_ / "oci-layout", "");
  EXPECT_EQ(Store::open(folder_, GetParam()).error().kind(), ErrorKind::corrupt);
}

TEST_P(StoreTest, GoesOnWhereAnotherRunWasKilledWhileMakingTheStore) {
  write_file(folder_ / "lock", "");
  write_file(folder_ / "partial" / "half", "{");
  auto store = open();
  EXPECT_TRUE(store->references().has_value());
  EXPECT_THAT(names_in(folder_ / "partial"), IsEmpty());
}

TEST_P(StoreTest, ASpoolHasNoNameUntilItIsKept) {
  auto store = open();
  auto spool = *store->new_spool();
  Descriptor layer = fill(*spool, "layer");
  EXPECT_FALSE(store->has(layer));
  EXPECT_THAT(names_in(folder_ / "blobs" / "sha256"), IsEmpty());
  ASSERT_TRUE(store->keep(*spool).has_value());
  EXPECT_TRUE(store->has(layer));
  EXPECT_EQ(content_of(blob(layer.digest)), "layer");
  EXPECT_THAT(names_in(folder_ / "partial"), IsEmpty());
}

TEST_P(StoreTest, ASpoolThatIsNotKeptLeavesNothing) {
  auto store = open();
  fill(**store->new_spool(), "layer");
  EXPECT_THAT(names_in(folder_ / "blobs" / "sha256"), IsEmpty());
  EXPECT_THAT(names_in(folder_ / "partial"), IsEmpty());
}

TEST_P(StoreTest, RefusesASpoolThatIsNotSealed) {
  auto store = open();
  auto spool = *store->new_spool();
  ASSERT_TRUE(spool->write(as_bytes("half")).has_value());
  EXPECT_EQ(store->keep(*spool).error().kind(), ErrorKind::invalid);
}

TEST_P(StoreTest, KeepingTheSameContentTwiceIsNoError) {
  auto store = open();
  Descriptor first = keep_layer(*store, "layer"), second = keep_layer(*store, "layer");
  EXPECT_EQ(first, second);
  auto spool = *store->new_spool();
  fill(*spool, "another");
  EXPECT_TRUE(store->keep(*spool).has_value());
  EXPECT_TRUE(store->keep(*spool).has_value());
  EXPECT_THAT(names_in(folder_ / "partial"), IsEmpty());
}

TEST_P(StoreTest, ABlobThatAPowerCutMadeShortIsNoBlobAndIsReplaced) {
  auto store = open();
  Descriptor layer = keep_layer(*store, "layer");
  fs::resize_file(blob(layer.digest), 2);
  EXPECT_FALSE(store->has(layer));
  EXPECT_FALSE(store->blob(layer)->has_value());
  keep_layer(*store, "layer");
  EXPECT_EQ(content_of(blob(layer.digest)), "layer");
  EXPECT_THAT(names_in(folder_ / "partial"), IsEmpty());
}

TEST_P(StoreTest, ABlobCanBeReadFromAnywhere) {
  auto store = open();
  Descriptor layer = keep_layer(*store, "0123456789");
  auto blob = *store->blob(layer);
  ASSERT_TRUE(blob.has_value());
  EXPECT_EQ(*read_all(**(*blob)->open(4, {}), 100), "456789");
  EXPECT_EQ((*blob)->descriptor(), layer);
}

TEST_P(StoreTest, DocumentsAreVerifiedWhenTheyAreRead) {
  auto store = open();
  std::string config = R"({"os":"linux"})";
  ASSERT_TRUE(store->keep(config).has_value());
  EXPECT_EQ(*store->document(digest_of(config)), config);
  EXPECT_FALSE(store->document(digest_of("absent"))->has_value());
  write_file(blob(digest_of(config)), R"({"os":"lynux"})");
  EXPECT_EQ(store->document(digest_of(config)).error().kind(), ErrorKind::corrupt);
  ASSERT_TRUE(store->keep(config).has_value());
  EXPECT_EQ(*store->document(digest_of(config)), config);
}

TEST_P(StoreTest, AReferenceIsFoundAgainByAnotherRun) {
  Descriptor image = [&] {
    auto store = open();
    Descriptor kept = keep_image(*store, keep_layer(*store, "layer"));
    EXPECT_TRUE(store->set_reference(tag("24.03-lts"), kept).has_value());
    return kept;
  }();
  auto store = open();
  auto found = *store->reference(tag("24.03-lts"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->digest, image.digest);
  EXPECT_FALSE(store->reference(tag("latest"))->has_value());
  auto all = *store->references();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].first, "24.03-lts");
}

TEST_P(StoreTest, AReferenceToWhatIsNotThereIsRefused) {
  auto store = open();
  Descriptor nowhere{std::string(media_type::manifest), digest_of("nowhere"), 7, {}, {}};
  EXPECT_EQ(store->set_reference(tag("latest"), nowhere).error().kind(), ErrorKind::not_found);
  EXPECT_THAT(*store->references(), IsEmpty());
}

TEST_P(StoreTest, WhatOtherToolsWroteIntoTheIndexStays) {
  auto store = open();
  Descriptor image = keep_image(*store, keep_layer(*store, "layer"));
  std::string theirs = fmt::format(
      R"({{"annotations":{{"theirs":"x"}},"later-field":{{"a":[1]}},"manifests":[)"
      R"({{"digest":"{0}","mediaType":"{1}","new":true,"size":{2}}},)"
      R"({{"annotations":{{"org.opencontainers.image.ref.name":"latest"}},"digest":"{0}","mediaType":"{1}","size":{2}}},)"
      R"({{"annotations":{{"org.opencontainers.image.ref.name":"latest"}},"digest":"{0}","mediaType":"{1}","size":{2}}})"
      R"(],"schemaVersion":2}})",
      image.digest.text(), media_type::manifest, image.size);
  write_file(folder_ / "index.json", theirs);
  Descriptor other = keep_image(*store, keep_layer(*store, "another layer"));
  ASSERT_TRUE(store->set_reference(tag("latest"), other).has_value());
  std::string index = content_of(folder_ / "index.json");
  EXPECT_THAT(index, HasSubstr(R"("later-field":{"a":[1]})"));
  EXPECT_THAT(index, HasSubstr(R"("new":true)"));
  EXPECT_THAT(index, HasSubstr(R"("theirs":"x")"));
  EXPECT_EQ(store->references()->size(), 1u);
  EXPECT_EQ((*store->reference(tag("latest")))->digest, other.digest);
}

TEST_P(StoreTest, ABrokenIndexIsAnErrorAndStaysAsItIs) {
  auto store = open();
  Descriptor image = keep_image(*store, keep_layer(*store, "layer"));
  write_file(folder_ / "index.json", "{]");
  EXPECT_EQ(store->set_reference(tag("latest"), image).error().kind(), ErrorKind::corrupt);
  EXPECT_EQ(store->reference(tag("latest")).error().kind(), ErrorKind::corrupt);
  EXPECT_EQ(store->prune(0).error().kind(), ErrorKind::corrupt);
  EXPECT_EQ(content_of(folder_ / "index.json"), "{]");
}

TEST_P(StoreTest, TheSameReferencesGiveTheSameIndexBytes) {
  auto write_two = [&](const fs::path& folder) {
    auto store = *Store::open(folder, GetParam());
    Descriptor image = keep_image(*store, keep_layer(*store, "layer"));
    EXPECT_TRUE(store->set_reference(tag("a"), image).has_value());
    EXPECT_TRUE(store->set_reference(tag("b"), image).has_value());
    EXPECT_TRUE(store->set_reference(tag("a"), image).has_value());
    return content_of(folder / "index.json");
  };
  EXPECT_EQ(write_two(above_ / "one"), write_two(above_ / "two"));
}

TEST_P(StoreTest, AReferenceThatIsThereAlreadyIsNotWrittenAgain) {
  auto store = open();
  Descriptor image = keep_image(*store, keep_layer(*store, "layer"));
  ASSERT_TRUE(store->set_reference(tag("latest"), image).has_value());
  age(folder_ / "index.json", 5);
  auto written = fs::last_write_time(folder_ / "index.json");
  ASSERT_TRUE(store->set_reference(tag("latest"), image).has_value());
  EXPECT_EQ(fs::last_write_time(folder_ / "index.json"), written);
}

TEST_P(StoreTest, TwoRunsLoseNoReferenceOfEachOther) {
  auto writer = [&](int number) {
    auto store = Store::open(folder_, GetParam());
    ASSERT_TRUE(store.has_value()) << store.error().text();
    Descriptor image = keep_image(**store, keep_layer(**store, fmt::format("layer {}", number % 2)));
    for (int i = 0; i < 8; ++i) {
      Done done = (*store)->set_reference(tag(fmt::format("t{}-{}", number, i)), image);
      ASSERT_TRUE(done.has_value()) << done.error().text();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int number = 0; number < 4; ++number) threads.emplace_back(writer, number);
  }
  EXPECT_EQ(open()->references()->size(), 32u);
  EXPECT_THAT(names_in(folder_ / "partial"), IsEmpty());
}

TEST_P(StoreTest, ARecipeIsFoundAgainAndItsKeyIsNoPath) {
  auto store = open();
  EXPECT_FALSE(store->recipe("abc-1")->has_value());
  ASSERT_TRUE(store->set_recipe("abc-1", R"({"layers":[]})").has_value());
  EXPECT_EQ(**store->recipe("abc-1"), R"({"layers":[]})");
  ASSERT_TRUE(store->set_recipe("abc-1", R"({"layers":[1]})").has_value());
  EXPECT_EQ(**store->recipe("abc-1"), R"({"layers":[1]})");
  for (const char* key : {"", "../x", "a/b", "A", "a.b", "a b"}) {
    EXPECT_EQ(store->recipe(key).error().kind(), ErrorKind::invalid) << key;
    EXPECT_EQ(store->set_recipe(key, "{}").error().kind(), ErrorKind::invalid) << key;
  }
}

TEST_P(StoreTest, AnArchiveGoesOnInTheNextRunWhereItEnded) {
  Digest checksum = digest_of("0123456789");
  {
    auto store = open();
    EXPECT_FALSE(store->archive(checksum)->has_value());
    auto spool = std::move(**store->resume_archive(checksum, {}));
    EXPECT_EQ(spool->size(), 0u);
    ASSERT_TRUE(spool->write(as_bytes("01234")).has_value());
  }
  auto store = open();
  auto spool = std::move(**store->resume_archive(checksum, {}));
  EXPECT_EQ(spool->size(), 5u);
  ASSERT_TRUE(spool->write(as_bytes("56789")).has_value());
  EXPECT_FALSE(store->archive(checksum)->has_value());
  ASSERT_TRUE(store->keep_archive(checksum, *spool).has_value());
  ASSERT_TRUE(store->keep_archive(checksum, *spool).has_value());
  auto path = *store->archive(checksum);
  ASSERT_TRUE(path.has_value());
  EXPECT_EQ(content_of(*path), "0123456789");
  EXPECT_THAT(names_in(folder_ / "archives"), UnorderedElementsAre(std::string(checksum.hex()) + ".tar.xz"));
  EXPECT_FALSE(store->resume_archive(checksum, {})->has_value()) << "it is there whole";
}

TEST_P(StoreTest, ARunThatWaitedForAnArchiveLearnsThatItIsWhole) {
  Digest checksum = digest_of("archive");
  auto first = open(), second = open();
  auto spool = std::move(**first->resume_archive(checksum, {}));
  std::jthread other([&] {
    auto waited = second->resume_archive(checksum, {});
    ASSERT_TRUE(waited.has_value()) << waited.error().text();
    EXPECT_FALSE(waited->has_value());
    EXPECT_TRUE(second->archive(checksum)->has_value());
  });
  ASSERT_TRUE(spool->write(as_bytes("archive")).has_value());
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(first->keep_archive(checksum, *spool).has_value());
  spool.reset();
}

TEST_P(StoreTest, WaitingForAnArchiveCanBeStopped) {
  Digest checksum = digest_of("archive");
  auto first = open(), second = open();
  auto held = std::move(**first->resume_archive(checksum, {}));
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_EQ(second->resume_archive(checksum, stop.get_token()).error().kind(), ErrorKind::cancelled);
}

TEST_P(StoreTest, ADroppedArchiveBeginsAtZeroAndItsOldSpoolCannotBecomeIt) {
  Digest checksum = digest_of("archive");
  auto store = open();
  auto spool = std::move(**store->resume_archive(checksum, {}));
  ASSERT_TRUE(spool->write(as_bytes("rubbish")).has_value());
  ASSERT_TRUE(store->drop_archive(checksum).has_value());
  auto fresh = std::move(**store->resume_archive(checksum, {}));
  EXPECT_EQ(fresh->size(), 0u);
  EXPECT_EQ(store->keep_archive(checksum, *spool).error().kind(), ErrorKind::conflict);
  ASSERT_TRUE(fresh->write(as_bytes("archive")).has_value());
  ASSERT_TRUE(store->keep_archive(checksum, *fresh).has_value());
  ASSERT_TRUE(store->drop_archive(checksum).has_value());
  ASSERT_TRUE(store->drop_archive(checksum).has_value());
  EXPECT_FALSE(store->archive(checksum)->has_value());
}

TEST_P(StoreTest, ARunThatIsKilledLeavesNothingHalf) {
  open().reset();
  for (int round = 0; round < 12; ++round) {
    pid_t child = fork();
    if (child == 0) {
      auto store = Store::open(folder_, GetParam());
      if (!store) _exit(1);
      for (int i = 0;; ++i) {
        Descriptor layer = keep_layer(**store, fmt::format("layer {}", i % 50));
        Descriptor image = keep_image(**store, layer, fmt::format(R"({{"a":{}}})", i % 50));
        (void)(*store)->set_reference(tag(fmt::format("t{}", i % 7)), image);
        auto spool = (*store)->new_spool();
        (void)(*spool)->write(as_bytes("never kept"));
      }
    }
    usleep(static_cast<useconds_t>(500 + 700 * round));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
    auto store = open();
    ASSERT_TRUE(store->references().has_value());
    auto entries = *store->references();
    for (auto& [name, image] : entries) {
      auto bytes = store->document(image.digest);
      ASSERT_TRUE(bytes.has_value() && bytes->has_value()) << name;
      auto manifest = *Manifest::parse(**bytes);
      for (const Descriptor& layer : manifest.layers) EXPECT_TRUE(store->has(layer)) << name;
    }
    for (const std::string& name : names_in(folder_ / "blobs" / "sha256"))
      EXPECT_EQ(digest_of(content_of(folder_ / "blobs" / "sha256" / name)).hex(), name);
    EXPECT_THAT(names_in(folder_ / "partial"), IsEmpty());
  }
}

TEST_P(StoreTest, AFullDiskIsSaidPlainlyAndLeavesNothingHalf) {
  fs::create_directories(folder_);
  if (geteuid() != 0 || mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=256k") != 0)
    GTEST_SKIP() << "SKIPPED: mounting a small file system needs root";
  {
    auto store = open();
    auto spool = *store->new_spool();
    Done written;
    std::string piece(64 << 10, 'x');
    for (int i = 0; i < 8 && written; ++i) written = spool->write(as_bytes(piece));
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().kind(), ErrorKind::unavailable);
    EXPECT_THAT(written.error().text(), HasSubstr("no space left on device"));
    Done document = store->keep(std::string(8 << 10, 'y'));
    ASSERT_FALSE(document.has_value());
    EXPECT_EQ(document.error().kind(), ErrorKind::unavailable);
    EXPECT_THAT(document.error().text(), HasSubstr("no space left on device"));
    EXPECT_THAT(names_in(folder_ / "blobs" / "sha256"), IsEmpty());
    spool.reset();
    EXPECT_TRUE(store->keep("there is room again").has_value());
    EXPECT_THAT(names_in(folder_ / "partial"), IsEmpty());
  }
  umount2(folder_.c_str(), MNT_DETACH);
}

TEST_P(StoreTest, NoPermissionIsDenied) {
  if (geteuid() == 0) {
    // Root may write anywhere, so a child that is nobody looks.
    fs::permissions(above_, fs::perms(0755));
    pid_t child = fork();
    if (child == 0) {
      if (setgid(65534) != 0 || setuid(65534) != 0) _exit(2);
      auto store = Store::open(folder_, GetParam());
      _exit(!store && store.error().kind() == ErrorKind::denied &&
                    store.error().text().find(folder_.string()) != std::string::npos
                ? 0
                : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    return;
  }
  fs::permissions(above_, fs::perms(0555));
  EXPECT_EQ(Store::open(folder_, GetParam()).error().kind(), ErrorKind::denied);
  fs::permissions(above_, fs::perms(0755));
}

TEST(DefaultFolder, FollowsTheXdgRules) {
  std::string home = getenv("HOME") ? getenv("HOME") : "",
              cache = getenv("XDG_CACHE_HOME") ? getenv("XDG_CACHE_HOME") : "";
  setenv("HOME", "/home/anna", 1);
  setenv("XDG_CACHE_HOME", "/var/tmp/cache", 1);
  EXPECT_EQ(*Store::default_folder(), "/var/tmp/cache/eulerpublisher");
  setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(*Store::default_folder(), "/home/anna/.cache/eulerpublisher");
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(*Store::default_folder(), "/home/anna/.cache/eulerpublisher");
  unsetenv("HOME");
  EXPECT_EQ(Store::default_folder().error().kind(), ErrorKind::invalid);
  if (!home.empty()) setenv("HOME", home.c_str(), 1);
  if (!cache.empty()) setenv("XDG_CACHE_HOME", cache.c_str(), 1);
}

}  // namespace
}  // namespace eulerpublisher
