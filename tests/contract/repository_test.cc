// What every Repository promises, asked of the one in memory, of a folder and of a real registry, so that
// what holds against the fake holds against the others.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <thread>

#include "base/task_group.h"
#include "http/curl_client.h"
#include "oci/media_type.h"
#include "registry/layout_repository.h"
#include "registry/remote_repository.h"
#include "stream/hashing.h"
#include "stream/spool.h"
#include "support/memory_repository.h"
#include "support/registry_server.h"
#include "support/sample_image.h"

namespace eulerpublisher::test {
namespace {

using Put = Repository::Put;

// A kind of repository, with what it needs to live.
struct Kind {
  virtual ~Kind() = default;
  virtual std::unique_ptr<Repository> open(const std::string& name) = 0;
  // How skopeo calls a tag of it; empty when skopeo cannot see it.
  virtual std::string for_skopeo(const std::string&, const std::string&) { return {}; }
  std::string missing;  // why it cannot be had here
};

struct MemoryKind : Kind {
  std::unique_ptr<Repository> open(const std::string& name) override {
    return std::make_unique<MemoryRepository>("memory/" + name, registry);
  }
  std::shared_ptr<MemoryRegistry> registry = std::make_shared<MemoryRegistry>();
};

struct LayoutKind : Kind {
  std::unique_ptr<Repository> open(const std::string& name) override {
    return std::make_unique<LayoutRepository>(folder / name);
  }
  std::string for_skopeo(const std::string& name, const std::string& tag) override {
    return "oci:" + (folder / name).string() + ":" + tag;
  }
  TempFolder folder;
};

struct RemoteKind : Kind {
  RemoteKind() {
    auto started = RegistryServer::start();
    if (!started) {
      missing = started.error().text();
      return;
    }
    server = std::move(*started);
    registry = std::make_shared<Registry>(client, server->host());
  }
  std::unique_ptr<Repository> open(const std::string& name) override {
    return std::make_unique<RemoteRepository>(registry, *RepositoryName::parse(name));
  }
  std::string for_skopeo(const std::string& name, const std::string& tag) override {
    return "docker://" + server->address() + "/" + name + ":" + tag;
  }
  std::unique_ptr<RegistryServer> server;
  http::CurlClient client;
  std::shared_ptr<Registry> registry;
};

// One of a kind for all tests: each works in a repository of its own.
template <class K>
Kind& shared_kind() {
  static K kind;
  return kind;
}

struct Named {
  std::string name;
  std::function<Kind&()> kind;
};
void PrintTo(const Named& named, std::ostream* out) { *out << named.name; }

// A blob that says it is something else.
class Liar : public Blob {
 public:
  Liar(std::string bytes, Descriptor claimed) : inner_({}, std::move(bytes)), claimed_(std::move(claimed)) {}
  std::optional<Descriptor> descriptor() const override { return claimed_; }
  Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override {
    return inner_.open(offset, stop);
  }

 private:
  MemoryBlob inner_;
  Descriptor claimed_;
};

class RepositoryContract : public ::testing::TestWithParam<Named> {
 protected:
  void SetUp() override {
    if (!kind_.missing.empty()) GTEST_SKIP() << "SKIPPED: " << kind_.missing;
    std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    test = test.substr(0, test.find('/'));
    std::ranges::transform(test, test.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    static int run = 0;  // a test that is repeated begins anew
    name_ = fmt::format("contract/{}/{}", test, ++run);
    repository_ = kind_.open(name_);
  }

  std::string read(const Descriptor& blob, uint64_t offset = 0) {
    auto source = repository_->open_blob(blob, offset, {});
    if (!source) return "cannot be opened: " + source.error().text();
    auto text = read_all(**source, 64 << 20);
    return text ? *text : "cannot be read: " + text.error().text();
  }

  void put(const SampleImage& image) {
    ASSERT_TRUE(repository_->put_blob(*image.layer, {}).has_value());
    ASSERT_TRUE(repository_->put_blob(*image.config, {}).has_value());
    Done put = repository_->put_manifest(image.manifest, {});
    ASSERT_TRUE(put.has_value()) << put.error().text();
  }

  std::optional<Digest> named_by(const std::string& text) {
    auto found = repository_->find(tag(text), {});
    EXPECT_TRUE(found.has_value()) << found.error().text();
    if (!found || !*found) return std::nullopt;
    return (*found)->digest;
  }

  Kind& kind_ = GetParam().kind();
  std::string name_;
  std::unique_ptr<Repository> repository_;
};

TEST_P(RepositoryContract, ARepositoryThatDoesNotExistHasNoTagsAndNoBlobs) {
  auto found = repository_->find(tag("latest"), {});
  ASSERT_TRUE(found.has_value()) << found.error().text();
  EXPECT_FALSE(found->has_value());
  auto tags = repository_->tags({});
  ASSERT_TRUE(tags.has_value()) << tags.error().text();
  EXPECT_TRUE(tags->empty());
  auto blob = repository_->has_blob(digest_of("absent"), {});
  ASSERT_TRUE(blob.has_value()) << blob.error().text();
  EXPECT_FALSE(blob->has_value());
}

TEST_P(RepositoryContract, AnAbsentTagIsNoError) {
  SampleImage image(1);
  put(image);
  ASSERT_TRUE(repository_->tag(tag("present"), image.manifest, {}).has_value());
  EXPECT_EQ(named_by("absent"), std::nullopt);
}

TEST_P(RepositoryContract, AnUnknownDigestIsNotFound) {
  auto manifest = repository_->manifest(digest_of("absent"), {});
  ASSERT_FALSE(manifest.has_value());
  EXPECT_EQ(manifest.error().kind(), ErrorKind::not_found) << manifest.error().text();
  auto blob = repository_->open_blob({"", digest_of("absent"), 6, {}, {}}, 0, {});
  ASSERT_FALSE(blob.has_value());
  EXPECT_EQ(blob.error().kind(), ErrorKind::not_found) << blob.error().text();
}

TEST_P(RepositoryContract, ABlobIsThereOncePutAndPuttingItAgainDoesNoHarm) {
  MemoryBlob blob("application/octet-stream", random_bytes(100'000, 2));
  auto first = repository_->put_blob(blob, {});
  ASSERT_TRUE(first.has_value()) << first.error().text();
  EXPECT_NE(*first, Put::was_there);
  auto second = repository_->put_blob(blob, {});
  ASSERT_TRUE(second.has_value()) << second.error().text();
  EXPECT_EQ(*second, Put::was_there);
  auto size = repository_->has_blob(blob.descriptor()->digest, {});
  ASSERT_TRUE(size.has_value()) << size.error().text();
  EXPECT_EQ(*size, 100'000u);
  EXPECT_EQ(read(*blob.descriptor()), blob.bytes());
}

TEST_P(RepositoryContract, AnEmptyBlobIsABlob) {
  MemoryBlob blob("application/octet-stream", "");
  auto put = repository_->put_blob(blob, {});
  ASSERT_TRUE(put.has_value()) << put.error().text();
  EXPECT_EQ(read(*blob.descriptor()), "");
}

TEST_P(RepositoryContract, ABlobIsReadFromAnyOffset) {
  MemoryBlob blob("application/octet-stream", random_bytes(3'000'000, 3));
  ASSERT_TRUE(repository_->put_blob(blob, {}).has_value());
  for (uint64_t offset : {uint64_t{1}, uint64_t{1'500'000}, uint64_t{2'999'999}, uint64_t{3'000'000}})
    EXPECT_EQ(read(*blob.descriptor(), offset), blob.bytes().substr(offset)) << offset;
  auto beyond = repository_->open_blob(*blob.descriptor(), 3'000'001, {});
  ASSERT_FALSE(beyond.has_value());
  EXPECT_EQ(beyond.error().kind(), ErrorKind::invalid);
}

TEST_P(RepositoryContract, AReaderMayStopInTheMiddle) {
  MemoryBlob blob("application/octet-stream", random_bytes(8 << 20, 4));
  ASSERT_TRUE(repository_->put_blob(blob, {}).has_value());
  auto source = repository_->open_blob(*blob.descriptor(), 0, {});
  ASSERT_TRUE(source.has_value()) << source.error().text();
  std::vector<std::byte> room(1000);
  auto count = (*source)->read(room);
  ASSERT_TRUE(count.has_value());
  EXPECT_GT(*count, 0u);
}

TEST_P(RepositoryContract, ABlobIsFollowedWhileItGrows) {
  TempFolder folder;
  FileHandle file(open((folder / "spool").c_str(), O_RDWR | O_CREAT, 0600));
  Spool spool(std::move(file));
  std::string bytes = random_bytes(5 << 20, 5);
  TaskGroup group;
  group.add([&](std::stop_token stop) -> Done {
    Put put = TRY(repository_->put_blob(spool, stop));
    EXPECT_EQ(put, Put::sent);
    return {};
  });
  for (size_t offset = 0; offset < bytes.size(); offset += 512 << 10) {
    ASSERT_TRUE(spool.write(as_bytes(bytes).subspan(offset, 512 << 10)).has_value());
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  auto before = repository_->has_blob(digest_of(bytes), {});
  ASSERT_TRUE(before.has_value());
  EXPECT_FALSE(before->has_value()) << "nothing is kept before the end is known to be good";
  spool.seal({"application/octet-stream", digest_of(bytes), bytes.size(), {}, {}});
  Done sent = group.wait();
  ASSERT_TRUE(sent.has_value()) << sent.error().text();
  EXPECT_EQ(read(*spool.descriptor()), bytes);
}

TEST_P(RepositoryContract, ABlobThatIsAbandonedLeavesNothing) {
  TempFolder folder;
  Spool spool(FileHandle(open((folder / "spool").c_str(), O_RDWR | O_CREAT, 0600)));
  std::string bytes = random_bytes(300'000, 6);
  ASSERT_TRUE(spool.write(as_bytes(bytes)).has_value());
  std::optional<Error> seen;
  TaskGroup group;
  group.add([&](std::stop_token stop) -> Done {
    auto put = repository_->put_blob(spool, stop);
    if (!put) seen = put.error();
    return {};
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  spool.abandon(corrupt("the archive is not what its checksum says"));
  ASSERT_TRUE(group.wait().has_value());
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->kind(), ErrorKind::corrupt) << seen->text();
  auto there = repository_->has_blob(digest_of(bytes), {});
  ASSERT_TRUE(there.has_value());
  EXPECT_FALSE(there->has_value());
}

TEST_P(RepositoryContract, ABlobWhoseDigestLiesIsRefused) {
  std::string bytes = random_bytes(50'000, 7);
  Liar liar(bytes, {"", digest_of("something else"), bytes.size(), {}, {}});
  auto put = repository_->put_blob(liar, {});
  ASSERT_FALSE(put.has_value());
  EXPECT_EQ(put.error().kind(), ErrorKind::corrupt) << put.error().text();
  auto there = repository_->has_blob(digest_of("something else"), {});
  ASSERT_TRUE(there.has_value());
  EXPECT_FALSE(there->has_value());
}

TEST_P(RepositoryContract, AStopEndsAPutThatWaits) {
  TempFolder folder;
  Spool spool(FileHandle(open((folder / "spool").c_str(), O_RDWR | O_CREAT, 0600)));
  ASSERT_TRUE(spool.write(as_bytes("some bytes, and never more")).has_value());
  std::stop_source stop;
  std::optional<Error> seen;
  std::thread putting([&] {
    auto put = repository_->put_blob(spool, stop.get_token());
    if (!put) seen = put.error();
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  stop.request_stop();
  putting.join();
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->kind(), ErrorKind::cancelled) << seen->text();
}

TEST_P(RepositoryContract, ALargeBlobArrivesWhole) {
  MemoryBlob blob("application/octet-stream", random_bytes(20 << 20, 8));
  auto put = repository_->put_blob(blob, {});
  ASSERT_TRUE(put.has_value()) << put.error().text();
  auto source = repository_->open_blob(*blob.descriptor(), 0, {});
  ASSERT_TRUE(source.has_value());
  MemorySink kept(32 << 20);
  Verifying verifying(blob.descriptor()->digest, blob.descriptor()->size, kept);
  auto pumped = pump(**source, verifying);
  EXPECT_TRUE(pumped.has_value()) << pumped.error().text();
}

TEST_P(RepositoryContract, ALargeBlobIsReadSlowlyInLittleMemory) {
  MemoryBlob blob("application/octet-stream", random_bytes(24 << 20, 9));
  ASSERT_TRUE(repository_->put_blob(blob, {}).has_value());
  auto in_use = [] {
    auto memory = ::mallinfo2();
    return memory.uordblks + memory.hblkhd;
  };
  auto source = repository_->open_blob(*blob.descriptor(), 0, {});
  ASSERT_TRUE(source.has_value());
  size_t before = in_use(), most = before;
  std::vector<std::byte> piece(100'000);
  // Each time a little less than what has arrived meanwhile.
  for (Result<size_t> count = 1; count && *count > 0; count = (*source)->read(piece)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    most = std::max(most, in_use());
  }
  EXPECT_LT(most - before, 8u << 20);
}

TEST_P(RepositoryContract, TheSameBlobMayBePutByManyAtOnce) {
  MemoryBlob blob("application/octet-stream", random_bytes(2'000'000, 9));
  TaskGroup group;
  for (int i = 0; i < 6; ++i) {
    group.add([&](std::stop_token stop) -> Done {
      TRY(repository_->put_blob(blob, stop));
      return {};
    });
  }
  Done done = group.wait();
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_EQ(read(*blob.descriptor()), blob.bytes());
}

TEST_P(RepositoryContract, AManifestWhoseBlobsAreMissingIsRefused) {
  SampleImage image(10);
  Done put = repository_->put_manifest(image.manifest, {});
  ASSERT_FALSE(put.has_value());
  EXPECT_EQ(put.error().kind(), ErrorKind::not_found) << put.error().text();
}

TEST_P(RepositoryContract, AnIndexWhoseImagesAreMissingIsRefused) {
  SampleImage image(11);
  Done put = repository_->put_manifest(index_of({image}), {});
  ASSERT_FALSE(put.has_value());
  EXPECT_EQ(put.error().kind(), ErrorKind::not_found) << put.error().text();
}

TEST_P(RepositoryContract, AManifestPutByDigestIsSeenByNoTag) {
  SampleImage image(12);
  put(image);
  auto manifest = repository_->manifest(image.manifest.digest(), {});
  ASSERT_TRUE(manifest.has_value()) << manifest.error().text();
  EXPECT_EQ(manifest->bytes, image.manifest.bytes);
  EXPECT_EQ(manifest->media_type, image.manifest.media_type);
  auto tags = repository_->tags({});
  ASSERT_TRUE(tags.has_value()) << tags.error().text();
  EXPECT_TRUE(tags->empty());
  EXPECT_TRUE(repository_->put_manifest(image.manifest, {}).has_value()) << "putting it again does no harm";
}

TEST_P(RepositoryContract, ATagNamesWhatItWasSetToAndMoves) {
  SampleImage old(13), fresh(14);
  put(old);
  put(fresh);
  ASSERT_TRUE(repository_->tag(tag("latest"), old.manifest, {}).has_value());
  EXPECT_EQ(named_by("latest"), old.manifest.digest());
  ASSERT_TRUE(repository_->tag(tag("latest"), old.manifest, {}).has_value())
      << "setting it again does no harm";
  ASSERT_TRUE(repository_->tag(tag("latest"), fresh.manifest, {}).has_value());
  auto found = repository_->find(tag("latest"), {});
  ASSERT_TRUE(found.has_value() && found->has_value());
  EXPECT_EQ((*found)->digest, fresh.manifest.digest());
  EXPECT_EQ((*found)->size, fresh.manifest.bytes.size());
  EXPECT_EQ((*found)->media_type, fresh.manifest.media_type);
  EXPECT_TRUE(repository_->manifest(old.manifest.digest(), {}).has_value()) << "what it named before stays";
}

TEST_P(RepositoryContract, ATagNeedsItsManifestsChildren) {
  SampleImage image(15);
  Done tagged = repository_->tag(tag("early"), image.manifest, {});
  ASSERT_FALSE(tagged.has_value());
  EXPECT_EQ(tagged.error().kind(), ErrorKind::not_found) << tagged.error().text();
  EXPECT_EQ(named_by("early"), std::nullopt);
}

TEST_P(RepositoryContract, ListsAllTagsAlsoTheOddOnes) {
  SampleImage image(16);
  put(image);
  std::vector<std::string> names = {"24.03-lts-sp1", "latest", "_", "A.B_c-D", std::string(128, 'x')};
  for (const auto& name : names) {
    Done tagged = repository_->tag(tag(name), image.manifest, {});
    ASSERT_TRUE(tagged.has_value()) << tagged.error().text();
    EXPECT_EQ(named_by(name), image.manifest.digest());
  }
  auto tags = repository_->tags({});
  ASSERT_TRUE(tags.has_value()) << tags.error().text();
  std::vector<std::string> listed;
  for (const Tag& each : *tags) listed.push_back(each.text());
  std::ranges::sort(listed);
  std::ranges::sort(names);
  EXPECT_EQ(listed, names);
}

TEST_P(RepositoryContract, OddRepositoryNamesWork) {
  SampleImage image(17);
  for (const std::string& name :
       std::vector<std::string>{"a", "contract/a.b/c__d/e-f--g", "contract/" + std::string(100, 'n')}) {
    repository_ = kind_.open(name);
    put(image);
    ASSERT_TRUE(repository_->tag(tag("t"), image.manifest, {}).has_value()) << name;
    EXPECT_EQ(named_by("t"), image.manifest.digest()) << name;
  }
}

TEST_P(RepositoryContract, AnIndexOfTwoImagesIsReadBackAsItWas) {
  SampleImage amd64(18, "amd64"), arm64(18, "arm64");
  put(amd64);
  put(arm64);
  RawManifest index = index_of({amd64, arm64});
  ASSERT_TRUE(repository_->put_manifest(index, {}).has_value());
  ASSERT_TRUE(repository_->tag(tag("24.03-lts-sp1"), index, {}).has_value());
  auto found = repository_->find(tag("24.03-lts-sp1"), {});
  ASSERT_TRUE(found.has_value() && found->has_value());
  EXPECT_EQ((*found)->media_type, media_type::index);
  auto back = repository_->manifest((*found)->digest, {});
  ASSERT_TRUE(back.has_value()) << back.error().text();
  EXPECT_EQ(back->bytes, index.bytes);
  std::string reference = kind_.for_skopeo(name_, "24.03-lts-sp1");
  if (reference.empty() || !have_program("skopeo")) return;
  for (const std::string& machine : std::vector<std::string>{"amd64", "arm64"}) {
    Ran seen =
        run({{"skopeo", "--override-arch", machine, "inspect", "--tls-verify=false", "--config", reference}});
    EXPECT_TRUE(seen.ok()) << seen.err;
    EXPECT_NE(seen.out.find("\"architecture\": \"" + machine + "\""), std::string::npos) << seen.out;
  }
  Ran raw = run({{"skopeo", "inspect", "--tls-verify=false", "--raw", reference}});
  // For a folder, skopeo's --raw shows the entry it chose.
  if (reference.starts_with("docker:")) {
    EXPECT_EQ(raw.out, index.bytes);
  }
}

TEST_P(RepositoryContract, MayPushLeavesNothingVisible) {
  Done may = repository_->may_push({});
  ASSERT_TRUE(may.has_value()) << may.error().text();
  auto tags = repository_->tags({});
  ASSERT_TRUE(tags.has_value());
  EXPECT_TRUE(tags->empty());
}

TEST_P(RepositoryContract, WhatIsAskedForAfterAStopIsCancelled) {
  std::stop_source stop;
  stop.request_stop();
  MemoryBlob blob("application/octet-stream", random_bytes(1 << 20, 19));
  auto put = repository_->put_blob(blob, stop.get_token());
  ASSERT_FALSE(put.has_value());
  EXPECT_EQ(put.error().kind(), ErrorKind::cancelled) << put.error().text();
}

INSTANTIATE_TEST_SUITE_P(Each, RepositoryContract,
                         ::testing::Values(Named{"Memory", shared_kind<MemoryKind>},
                                           Named{"Layout", shared_kind<LayoutKind>},
                                           Named{"Remote", shared_kind<RemoteKind>}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace eulerpublisher::test
