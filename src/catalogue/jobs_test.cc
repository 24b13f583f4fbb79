#include "catalogue/jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/file_tree.h"

namespace eulerpublisher::catalogue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Jobs, NeedEveryPlatformOfWhatTheyAreBuiltOn) {
  test::TempFolder folder;
  test::write_tree(folder.path(),
                   {{"AI/image-list.yml", "images:\n  x: x\n"},
                    {"AI/x/meta.yml",
                     "3: {path: 3/Dockerfile, arch: x86_64}\n2: 2/Dockerfile\n1: 1/Dockerfile\n"
                     "1-alias: 1/Dockerfile\ndistroless: 4/Distrofile\n"},
                    {"AI/x/1/Dockerfile", "FROM scratch\n"},
                    {"AI/x/2/Dockerfile", "FROM openeuler/x:1-alias\n"},
                    {"AI/x/3/Dockerfile", "FROM openeuler/x:2\nCOPY --from=openeuler/x:1 / /\n"},
                    {"AI/x/4/Distrofile", "platforms: [linux/amd64]\n"}});
  Catalogue catalogue = read_catalogue(locate(folder.path()).value()).value();
  auto ids = catalogue.all_entries();
  BuildPlan plan = make_build_plan(catalogue, {ids.begin(), ids.end()}, Policy::built_in()).value();
  std::vector<std::string> names;
  std::vector<size_t> levels;
  std::vector<Job> jobs = jobs_of(plan);
  for (const Job& job : jobs) {
    names.push_back(job.id);
    levels.push_back(job.level);
  }
  EXPECT_THAT(names, ElementsAre("x_1_amd64", "x_1_arm64", "x_2_amd64", "x_2_arm64", "x_3_amd64"));
  EXPECT_THAT(levels, ElementsAre(0, 0, 1, 1, 2));
  EXPECT_THAT(jobs[0].needs, IsEmpty());
  EXPECT_THAT(jobs[3].needs, ElementsAre("x_1_amd64", "x_1_arm64"));
  EXPECT_THAT(jobs[4].needs, ElementsAre("x_1_amd64", "x_1_arm64", "x_2_amd64", "x_2_arm64"));
}

}  // namespace
}  // namespace eulerpublisher::catalogue
