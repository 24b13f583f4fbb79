#include "store/prune.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <thread>

#include "support/store_fixture.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::names_in;
using test::tag;
using test::write_file;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class PruneTest : public test::StoreTest {};

INSTANTIATE_TEST_SUITE_P(Unfinished, PruneTest,
                         testing::Values(Store::Unfinished::without_name, Store::Unfinished::in_partial),
                         [](const auto& info) {
                           return info.param == Store::Unfinished::without_name ? "WithoutName" : "InPartial";
                         });

TEST_P(PruneTest, PruneWantsTheStoreForItself) {
  auto one = open(), other = open();
  auto refused = one->prune(0);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind(), ErrorKind::conflict);
  EXPECT_EQ(refused.error().text(),
            fmt::format("another run uses the store {}; try again when it is done", folder_.string()));
  other.reset();
  EXPECT_TRUE(one->prune(0).has_value());
  EXPECT_TRUE(Store::open(folder_, GetParam()).has_value()) << "the lock is shared again";
}

TEST_P(PruneTest, NobodyEntersWhileAnotherRunPrunes) {
  auto store = open();
  store.reset();
  int pruning = ::open((folder_ / "lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(pruning, LOCK_EX), 0);
  std::jthread ends([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    close(pruning);
  });
  EXPECT_TRUE(Store::open(folder_, GetParam()).has_value()) << "a short one is waited for";
}

TEST_P(PruneTest, PruneTakesNamelessBlobsThenArchivesThenTheImageLongestUnused) {
  auto store = open();
  std::string big(1000, 'x');
  Descriptor shared = keep_layer(*store, big + "shared"), old_layer = keep_layer(*store, big + "old");
  Descriptor old_image = keep_image(*store, old_layer, R"({"a":1})");
  Descriptor new_image = keep_image(*store, shared, R"({"a":2})");
  Descriptor sibling = keep_image(*store, shared, R"({"a":3})");
  ASSERT_TRUE(store->set_reference(tag("old"), old_image).has_value());
  ASSERT_TRUE(store->set_reference(tag("older-name"), old_image).has_value());
  ASSERT_TRUE(store->set_reference(tag("new"), new_image).has_value());
  ASSERT_TRUE(store->set_reference(tag("sibling"), sibling).has_value());
  ASSERT_TRUE(
      store->set_recipe("old", fmt::format(R"({{"layer":"{}"}})", old_layer.digest.text())).has_value());
  ASSERT_TRUE(store->set_recipe("new", fmt::format(R"({{"layer":"{}"}})", shared.digest.text())).has_value());
  Descriptor nameless = keep_layer(*store, big + "nameless");
  Digest archive = digest_of("archive");
  write_file(folder_ / "archives" / (std::string(archive.hex()) + ".tar.xz"), big);
  write_file(folder_ / "archives" / "README", "not ours");
  age(blob(old_image.digest), 30);
  age(folder_ / "recipes" / "old.json", 20);
  age(blob(new_image.digest), 2);
  age(blob(sibling.digest), 40);
  age(folder_ / "recipes" / "new.json", 1);

  auto nothing = store->prune(1 << 20);
  ASSERT_TRUE(nothing.has_value());
  EXPECT_EQ(nothing->files, 0u);
  EXPECT_EQ(nothing->bytes_after, nothing->bytes_before);
  EXPECT_TRUE(store->has(nameless));

  auto first = store->prune(nothing->bytes_before - 1);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->files, 1u);
  EXPECT_EQ(first->bytes_before - first->bytes_after, nameless.size);
  EXPECT_FALSE(store->has(nameless));

  ASSERT_TRUE(store->prune(first->bytes_after - 1).has_value());
  EXPECT_FALSE(store->archive(archive)->has_value());
  EXPECT_TRUE(fs::exists(folder_ / "archives" / "README"));
  EXPECT_TRUE(store->has(old_layer));

  auto third = store->prune(first->bytes_after - big.size() - 1);
  ASSERT_TRUE(third.has_value());
  EXPECT_FALSE(store->has(old_layer));
  EXPECT_FALSE(store->has(old_image));
  EXPECT_FALSE(store->recipe("old")->has_value());
  EXPECT_TRUE(store->recipe("new")->has_value());
  std::vector<std::string> names;
  auto left = *store->references();
  for (auto& [name, descriptor] : left) names.push_back(name);
  EXPECT_THAT(names, UnorderedElementsAre("new", "sibling"));
  EXPECT_TRUE(store->has(shared));

  auto all = store->prune(0);
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->bytes_after, 0u);
  EXPECT_THAT(*store->references(), IsEmpty());
  EXPECT_THAT(names_in(folder_ / "blobs" / "sha256"), IsEmpty());
  EXPECT_THAT(names_in(folder_ / "recipes"), IsEmpty());
}

TEST_P(PruneTest, PruneKeepsWhatAnotherImageStillNeeds) {
  auto store = open();
  Descriptor shared = keep_layer(*store, "shared");
  Descriptor one = keep_image(*store, shared, R"({"a":1})"), two = keep_image(*store, shared, R"({"a":2})");
  ASSERT_TRUE(store->set_reference(tag("one"), one).has_value());
  ASSERT_TRUE(store->set_reference(tag("two"), two).has_value());
  age(blob(one.digest), 5);
  auto before = store->prune(1 << 20);
  ASSERT_TRUE(store->prune(before->bytes_before - 1).has_value());
  EXPECT_FALSE(store->has(one));
  EXPECT_TRUE(store->has(two));
  EXPECT_TRUE(store->has(shared));
}

TEST_P(PruneTest, UsingARecipeOrAReferenceMakesItYoung) {
  auto store = open();
  Descriptor image = keep_image(*store, keep_layer(*store, "layer"));
  ASSERT_TRUE(store->set_reference(tag("latest"), image).has_value());
  ASSERT_TRUE(store->set_recipe("key", "{}").has_value());
  age(blob(image.digest), 5);
  age(folder_ / "recipes" / "key.json", 5);
  ASSERT_TRUE(store->reference(tag("latest")).has_value());
  ASSERT_TRUE(store->recipe("key").has_value());
  auto hour_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
  EXPECT_GT(fs::last_write_time(blob(image.digest)), hour_ago);
  EXPECT_GT(fs::last_write_time(folder_ / "recipes" / "key.json"), hour_ago);
}

}  // namespace
}  // namespace eulerpublisher
