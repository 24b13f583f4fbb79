#include "registry/keeping_reader.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/process.h"

namespace eulerpublisher {
namespace {

// One blob, and how often it was asked for.
class OneBlob : public RepositoryReader {
 public:
  explicit OneBlob(std::string bytes) : blob_("t", std::move(bytes)) {}
  std::string name() const override { return "one"; }
  Result<std::optional<Descriptor>> find(const Tag&, std::stop_token) override { return std::nullopt; }
  Result<RawManifest> manifest(const Digest&, std::stop_token) override { return not_found("none"); }
  Result<std::optional<uint64_t>> has_blob(const Digest&, std::stop_token) override { return std::nullopt; }
  Result<std::vector<Tag>> tags(std::stop_token) override { return std::vector<Tag>{}; }
  Result<std::unique_ptr<Source>> open_blob(const Descriptor&, uint64_t offset,
                                            std::stop_token stop) override {
    ++asked;
    return blob_.open(offset, stop);
  }
  Descriptor descriptor() const { return *blob_.descriptor(); }
  int asked = 0;

 private:
  MemoryBlob blob_;
};

std::string read(RepositoryReader& reader, const Descriptor& blob) {
  auto source = reader.open_blob(blob, 0, {});
  return source ? read_all(**source, 1 << 20).value_or("error") : source.error().text();
}

TEST(KeepingReader, AsksForABlobOnce) {
  test::TempFolder folder;
  OneBlob inner("content");
  KeepingReader reader(inner, folder.path());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(read(reader, inner.descriptor()), "content");
  EXPECT_EQ(inner.asked, 1);
}

TEST(KeepingReader, KeepsNothingThatIsCutOrFalse) {
  test::TempFolder folder;
  OneBlob inner("content");
  KeepingReader reader(inner, folder.path());
  {
    auto source = reader.open_blob(inner.descriptor(), 0, {});
    std::byte room[3];
    ASSERT_TRUE((*source)->read(room).has_value());
  }
  Descriptor other = inner.descriptor();
  other.digest = digest_of("something else");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(read(reader, other), "content");
  EXPECT_EQ(inner.asked, 3);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(KeepingReader, GoesOnWithoutRoom) {
  OneBlob inner("content");
  KeepingReader reader(inner, "/no/such/folder");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(read(reader, inner.descriptor()), "content");
  EXPECT_EQ(inner.asked, 2);
}

}  // namespace
}  // namespace eulerpublisher
