// The store as other tools see it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "oci/media_type.h"
#include "store/store.h"
#include "support/process.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::run;
using test::TempFolder;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

class StoreLayout : public testing::Test {
 protected:
  StoreLayout() : store_(*Store::open(folder_ / "store")) {}

  std::string layout() const { return (folder_ / "store").string(); }

  // A layer of one file, packed by tar.
  Descriptor keep_layer(const std::string& file, const std::string& text, std::string& diff_id) {
    test::write_text(folder_ / file, text);
    std::string tar = run({{"tar", "-C", folder_.path().string(), "--mtime=@0", "--owner=0", "--group=0",
                            "--numeric-owner", "-cf", "-", file}})
                          .out;
    diff_id = digest_of(tar).text();
    Descriptor layer{std::string(media_type::layer_tar), digest_of(tar), tar.size(), {}, {}};
    auto spool = *store_->new_spool();
    EXPECT_TRUE(spool->write(as_bytes(tar)).has_value());
    spool->seal(layer);
    Done kept = store_->keep(*spool);
    EXPECT_TRUE(kept.has_value()) << kept.error().text();
    return layer;
  }

  Descriptor keep_image(const std::string& text) {
    std::string diff_id;
    Descriptor layer = keep_layer("hello.txt", text, diff_id);
    std::string config = fmt::format(
        R"({{"architecture":"amd64","os":"linux","config":{{"Cmd":["bash"]}},"rootfs":{{"type":"layers","diff_ids":["{}"]}}}})",
        diff_id);
    Manifest manifest{std::string(media_type::manifest),
                      {std::string(media_type::config), digest_of(config), config.size(), {}, {}},
                      {layer},
                      {}};
    auto document = Document<Manifest>::of(manifest);
    EXPECT_TRUE(store_->keep(config).has_value());
    EXPECT_TRUE(store_->keep(document.bytes()).has_value());
    return document.descriptor(media_type::manifest);
  }

  void name(const char* tag, const Descriptor& image) {
    Done done = store_->set_reference(*Tag::parse(tag), image);
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreLayout, SkopeoReadsWhatWeKeptAndWeReadWhatSkopeoCopiedIn) {
  if (!test::have_program("skopeo")) GTEST_SKIP() << "SKIPPED: skopeo is not installed";
  Descriptor image = keep_image("hello");
  name("24.03-lts", image);
  auto inspected = run({{"skopeo", "inspect", "oci:" + layout() + ":24.03-lts"}});
  ASSERT_TRUE(inspected.ok()) << inspected.err;
  EXPECT_THAT(inspected.out, HasSubstr(image.digest.text()));
  auto copied = run({{"skopeo", "copy", "oci:" + layout() + ":24.03-lts", "oci:" + layout() + ":theirs"}});
  ASSERT_TRUE(copied.ok()) << copied.err;
  name("ours", image);
  std::vector<std::string> names;
  auto references = *store_->references();
  for (auto& [tag, descriptor] : references) {
    names.push_back(tag);
    EXPECT_EQ(descriptor.digest, image.digest);
  }
  EXPECT_THAT(names, UnorderedElementsAre("24.03-lts", "theirs", "ours"));
}

TEST_F(StoreLayout, UmociUnpacksAnImageAndItsGarbageCollectionLeavesOurFoldersAlone) {
  if (!test::have_program("umoci")) GTEST_SKIP() << "SKIPPED: umoci is not installed";
  name("latest", keep_image("hello from the store"));
  ASSERT_TRUE(store_->set_recipe("key", "{}").has_value());
  auto spool = std::move(**store_->resume_archive(digest_of("archive"), {}));
  ASSERT_TRUE(spool->write(as_bytes("archive")).has_value());
  ASSERT_TRUE(store_->keep_archive(digest_of("archive"), *spool).has_value());
  auto unpacked = run(
      {{"umoci", "unpack", "--rootless", "--image", layout() + ":latest", (folder_ / "bundle").string()}});
  ASSERT_TRUE(unpacked.ok()) << unpacked.err;
  EXPECT_EQ(test::read_text(folder_ / "bundle/rootfs/hello.txt"), "hello from the store");
  auto tagged = run({{"umoci", "tag", "--image", layout() + ":latest", "by-umoci"}});
  ASSERT_TRUE(tagged.ok()) << tagged.err;
  auto collected = run({{"umoci", "gc", "--layout", layout()}});
  ASSERT_TRUE(collected.ok()) << collected.err;
  EXPECT_TRUE(store_->reference(*Tag::parse("by-umoci"))->has_value());
  EXPECT_TRUE(store_->recipe("key")->has_value());
  EXPECT_TRUE(store_->archive(digest_of("archive"))->has_value());
}

TEST_F(StoreLayout, APrunedStoreIsStillALayout) {
  if (!test::have_program("skopeo")) GTEST_SKIP() << "SKIPPED: skopeo is not installed";
  Descriptor old_image = keep_image("old"), young = keep_image("young");
  name("old", old_image);
  name("young", young);
  fs::last_write_time(folder_ / "store/blobs/sha256" / old_image.digest.hex(),
                      fs::file_time_type::clock::now() - std::chrono::hours(5));
  auto nothing = store_->prune(1 << 30);
  ASSERT_TRUE(nothing.has_value()) << nothing.error().text();
  auto pruned = store_->prune(nothing->bytes_before - 1);
  ASSERT_TRUE(pruned.has_value()) << pruned.error().text();
  EXPECT_TRUE(run({{"skopeo", "inspect", "oci:" + layout() + ":young"}}).ok());
  EXPECT_FALSE(run({{"skopeo", "inspect", "oci:" + layout() + ":old"}}).ok());
}

}  // namespace
}  // namespace eulerpublisher
