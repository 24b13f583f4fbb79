#include "rpm/ndb.h"

#include <gtest/gtest.h>

#include "rpm/package_list.h"

namespace eulerpublisher {
namespace {

std::string little(uint32_t number) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(number >> (8 * i));
  return bytes;
}

// A database with one package at block 256.
std::string database(const std::string& header) {
  std::string file = "RpmP" + little(0) + little(1) + little(1) + std::string(16, '\0');
  file += "Slot" + little(7) + little(256) + little(4);
  while (file.size() < 4096) file += "Slot" + std::string(12, '\0');
  return file + "BlbS" + little(7) + little(1) + little(static_cast<uint32_t>(header.size())) + header;
}

TEST(Ndb, FindsTheHeaders) {
  std::string file = database("a header");
  auto headers = ndb_headers(file);
  ASSERT_TRUE(headers.has_value()) << headers.error().text();
  EXPECT_EQ(*headers, (std::vector<std::string_view>{"a header"}));
}

TEST(Ndb, RefusesWhatIsDamaged) {
  std::string file = database("a header");
  EXPECT_FALSE(ndb_headers("").has_value());
  EXPECT_FALSE(ndb_headers(std::string(5000, '\0')).has_value());
  for (size_t cut : {size_t{4095}, size_t{4100}, file.size() - 1})
    EXPECT_FALSE(ndb_headers(std::string_view(file).substr(0, cut)).has_value()) << cut;
  for (size_t at : {0, 4, 32, 36, 4096, 4100}) {
    std::string damaged = file;
    damaged[at] = 'x';
    EXPECT_FALSE(ndb_headers(damaged).has_value()) << at;
  }
  file.replace(12, 4, "\xff\xff\xff\xff");
  EXPECT_FALSE(ndb_headers(file).has_value());
}

TEST(PackageList, GoesThroughAPipe) {
  PackageList packages{{"bash", "1", "5.2", "9", "x86_64", "aabb", 12},
                       {"caf\xc3\xa9", "", "1", "", "noarch", "", 0}};
  auto read = parse_packages(print_packages(packages));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, packages);
  EXPECT_EQ(packages[0].full_version(), "1:5.2-9");
  EXPECT_EQ(packages[1].full_version(), "1");
  for (const char* text : {"", "{}", "[1]", "[[1]]", R"([["a"]])"})
    EXPECT_FALSE(parse_packages(text).has_value()) << text;
}

}  // namespace
}  // namespace eulerpublisher
