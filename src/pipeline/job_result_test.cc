#include "pipeline/job_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/file_tree.h"

namespace eulerpublisher::pipeline {
namespace {

using testing::HasSubstr;

JobResult sample(const std::string& job = "x_1_amd64", char digit = 'a', char identity = 'b') {
  return {job,
          "x_1",
          Platform::parse("amd64").value(),
          Digest::sha256(std::string(64, digit)).value(),
          Digest::sha256(std::string(64, identity)).value(),
          "buildah",
          {"127.0.0.1:5000"},
          true};
}

TEST(JobResult, ReadsWhatItPrints) {
  std::string line = sample().print();
  EXPECT_LT(line.size(), 4096u) << "a pod's termination message";
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  auto read = parse_results(line + "\r\n\n" + sample("y").print(), "f");
  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_THAT(*read, testing::ElementsAre(sample(), sample("y")));
}

TEST(JobResult, TellsWhereSomethingIsNone) {
  auto complaint = [](const std::string& text) { return parse_results(text, "f").error().text(); };
  EXPECT_THAT(complaint(sample().print() + "{"), HasSubstr("f:2: this is no result of a job"));
  EXPECT_THAT(complaint("{}"), HasSubstr("this version of eulerpublisher"));
  std::string line = sample().print();
  line.replace(line.find("sha256:a"), 8, "sha256:!");
  EXPECT_THAT(complaint(line), HasSubstr("f:1: "));
  EXPECT_TRUE(parse_results("\n", "f")->empty());
}

TEST(JobResult, TakesFoldersAndRepeatedJobs) {
  test::TempFolder folder;
  test::write_tree(folder.path(), {{"r/1.json", sample().print() + sample("y").print()},
                                   {"r/2.json", sample("x_1_amd64", 'c').print()},
                                   {"r/log", "no result"},
                                   {"other", sample("x_1_amd64", 'c', 'd').print()}});
  auto results = read_results({folder / "r"});
  ASSERT_TRUE(results.has_value()) << results.error().text();
  EXPECT_THAT(*results, testing::ElementsAre(sample("x_1_amd64", 'c'), sample("y")));
  EXPECT_THAT(read_results({folder / "r", folder / "other"}).error().text(), HasSubstr("of one run?"));
  EXPECT_FALSE(read_results({folder / "nothing"}).has_value());
}

}  // namespace
}  // namespace eulerpublisher::pipeline
