#include "sync/discover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eulerpublisher::sync {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(const std::vector<Version>& versions) {
  std::vector<std::string> all;
  for (const Version& version : versions) all.push_back(version.text());
  return all;
}

std::vector<std::string> texts(const std::vector<ReleaseIndex>& indexes) {
  std::vector<std::string> all;
  for (const ReleaseIndex& index : indexes) all.push_back(index.text());
  return all;
}

TEST(VersionsIn, AreTheFoldersThatAreNamedAsVersionsAre) {
  Listing root{{"openEuler-24.03-LTS-SP1", "openEuler-22.03-LTS", "openEuler-23.09"}, {}};
  EXPECT_THAT(texts(versions_in(root)), ElementsAre("22.03-LTS", "23.09", "24.03-LTS-SP1"));
}

TEST(VersionsIn, LookAlikesAreNone) {
  Listing root{{"DevStation", "openEuler-24.03-LTS-SP1-test", "openEuler-preview",
                "openEuler-24.03-LTS-SP3-DevStation", "openeuler-24.03-LTS", "openEuler-24.03-lts",
                "24.03-LTS", "openEuler-24.3-LTS", "openEuler-"},
               {"openEuler-24.03-LTS"}};
  EXPECT_TRUE(versions_in(root).empty());
}

TEST(UpdatesIn, AreTheDatedFoldersNewestFirst) {
  Listing updates{{"2024-06-01", "2024-11-30", "2024-02-30", "current", "2024-06-01.old", "test"},
                  {"2025-01-01"}};
  EXPECT_THAT(texts(updates_in(updates)),
              ElementsAre("docker_img/update/2024-11-30", "docker_img/update/2024-06-01"));
}

// The two forms in which nginx shows a folder, as the release repository and its mirrors have them.
TEST(UpdatesIn, ReadsFancyindexAndAutoindexAlike) {
  const std::string address = "https://repo.example/openEuler-24.03-LTS/docker_img/update/";
  const std::string fancy =
      "<table><tbody><tr><td class=\"link\"><a href=\"../\">Parent directory/</a></td></tr>"
      "<tr><td class=\"link\"><a href=\"2024-06-01/\" title=\"2024-06-01\">2024-06-01/</a></td>"
      "<td class=\"size\">-</td><td class=\"date\">2024-Jun-01 10:00</td></tr>"
      "<tr><td class=\"link\"><a href=\"current/\" title=\"current\">current/</a></td></tr></tbody></table>";
  const std::string plain =
      "<pre><a href=\"../\">../</a>\n<a href=\"2024-06-01/\">2024-06-01/</a>   01-Jun-2024 10:00   -\n"
      "<a href=\"current/\">current/</a>   01-Jun-2024 10:00   -\n</pre>";
  for (const std::string& html : {fancy, plain})
    EXPECT_THAT(texts(updates_in(parse_listing(html, address))), ElementsAre("docker_img/update/2024-06-01"));
}

}  // namespace
}  // namespace eulerpublisher::sync
