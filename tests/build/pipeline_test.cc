// A pipeline without a disk in common: processes on several machines, a registry between them, and results
// that travel as files (packaging/ci/README.md).

#include "build/applications.h"
#include "support/file_tree.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Ran;
using testing::HasSubstr;
using testing::IsEmpty;

// One of the pipeline's machines: a home, a store and a clone of the catalogue of its own.
struct Runner {
  test::Machine machine;
  fs::path catalogue = machine / "catalogue";
  fs::path results = machine / "results";
};

class Pipeline : public BuiltByBuildah {
 protected:
  void SetUp() override {
    BuiltByBuildah::SetUp();
    if (IsSkipped()) return;
    write_images();
    commit();
  }

  void clone_to(Runner& runner) {
    runner.machine.environment() = machine.environment();
    Ran ran = test::run({{"git", "clone", "-q", tree.path().string(), runner.catalogue.string()}});
    ASSERT_TRUE(ran.ok()) << test::told(ran);
    fs::create_directories(runner.results);
  }
  Ran call(Runner& runner, Words words) {
    Words more{"--meta", runner.catalogue.string()};
    words.insert(words.begin() + 2, more.begin(), more.end());
    return runner.machine.run(words);
  }
  std::vector<json> jobs(Runner& runner) {
    auto plan = json_of(call(runner, {"container", "plan", "--matrix", "json"}));
    return plan["jobs"];
  }
  // Builds on a machine that gets the results of what it needs, and takes the new one to `to`.
  Ran build(Runner& runner, const json& job, const fs::path& from, const fs::path& to) {
    std::string id = job["id"];
    for (const std::string need : job["needs"])
      if (fs::exists(from / (need + ".json")))
        fs::copy(from / (need + ".json"), runner.results, fs::copy_options::overwrite_existing);
    fs::path result = runner.machine / (id + ".json");
    Ran ran = call(runner, {"container", "build", "--job", id, "-g", registry->address(), "--builder",
                            "buildah", "--with", runner.results.string(), "--result", result.string()});
    if (fs::exists(result)) fs::copy(result, to, fs::copy_options::overwrite_existing);
    return ran;
  }
  Ran assemble(Runner& runner, const fs::path& results) {
    return call(runner, {"container", "assemble", "-g", registry->address(), "--json", results.string()});
  }
  std::vector<std::string> tags(const std::string& image) {
    return test::tags_in(*registry, "openeuler/" + image);
  }
};

TEST_F(Pipeline, BuildsOnManyMachinesAndShowsAllAtOnce) {
  Runner amd64, arm64, last;
  for (Runner* runner : {&amd64, &arm64, &last}) clone_to(*runner);
  auto all = jobs(last);
  ASSERT_EQ(all.size(), 6u);

  // A job without the results that it needs says so, and builds nothing.
  auto& dependant =
      *std::ranges::find_if(all, [](const json& job) { return job["id"] == "service_1.0-oe2403sp1_amd64"; });
  Ran early = build(amd64, dependant, last.results, last.results);
  EXPECT_EQ(early.status, 1) << test::told(early);
  EXPECT_THAT(early.err, HasSubstr("is built on tool_1.0-oe2403sp1, and there is no result of it"));

  for (const json& job : all) {
    Ran ran = build(job["architecture"] == "arm64" ? arm64 : amd64, job, last.results, last.results);
    ASSERT_EQ(ran.status, 0) << test::told(ran);
    EXPECT_THAT(ran.err, HasSubstr(": built sha256:"));
  }
  for (const char* image : {"tool", "service", "multi"}) EXPECT_THAT(tags(image), IsEmpty()) << image;

  // An image that lacks a platform stays unseen, and holds no other up.
  fs::path missing = last.results / "multi_1.0-oe2403sp1_arm64.json";
  fs::rename(missing, last.machine / "kept.json");
  Ran partly = assemble(last, last.results);
  EXPECT_EQ(partly.status, 1) << test::told(partly);
  EXPECT_THAT(partly.out, HasSubstr("there is no result of a job for linux/arm64 of multi_1.0-oe2403sp1"));
  EXPECT_THAT(tags("multi"), IsEmpty());
  EXPECT_THAT(tags("tool"), testing::UnorderedElementsAre("1-oe2403sp1", app_tag, "latest"));
  EXPECT_EQ(index_of("service")["manifests"].size(), 2u);
  EXPECT_EQ(manifest_of("service", "arm64")["annotations"]["org.opencontainers.image.base.digest"],
            test::tagged_in(*registry, app_tag, "openeuler/tool")->text());

  fs::rename(last.machine / "kept.json", missing);
  Ran whole = assemble(last, last.results);
  EXPECT_EQ(whole.status, 0) << test::told(whole);
  EXPECT_EQ(outcomes(json_of(whole)),
            (std::vector<std::string>{"tool_1.0-oe2403sp1 up to date:", "service_1.0-oe2403sp1 up to date:",
                                      "multi_1.0-oe2403sp1 published:"}));
  EXPECT_EQ(index_of("multi")["manifests"].size(), 2u);
  EXPECT_EQ(run("service", "arm64", "cat /made"), "tool on aarch64\n");

  // What is there is built by nobody again, on no machine.
  Runner fresh;
  clone_to(fresh);
  Ran again = build(fresh, all[0], last.results, fresh.results);
  EXPECT_EQ(again.status, 0) << test::told(again);
  EXPECT_THAT(again.err, HasSubstr(": there already, as sha256:"));
  auto alone = json_of(publish("buildah"));
  for (const auto& line : outcomes(alone)) EXPECT_THAT(line, HasSubstr("up to date:"));
}

TEST_F(Pipeline, TakesNoResultOfAnotherCatalogue) {
  Runner one;
  clone_to(one);
  auto all = jobs(one);
  auto of = [&](const std::string& image) {
    std::vector<json> some;
    for (const json& job : all)
      if (job["build"].get<std::string>().starts_with(image + "_")) some.push_back(job);
    return some;
  };
  for (const json& job : of("multi")) {
    Ran ran = build(one, job, one.results, one.results);
    ASSERT_EQ(ran.status, 0) << test::told(ran);
  }
  test::write_text(one.catalogue / "App/multi/1.0/24.03-lts-sp1/more", "changed since");
  Ran ran = call(one, {"container", "assemble", "--tag", "multi:" + app_tag, "-g", registry->address(),
                       one.results.string()});
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("was made from something else"));
  EXPECT_THAT(tags("multi"), IsEmpty());
  Ran unknown = call(one, {"container", "build", "--job", "multi_1.0-oe2403sp1_amd46", "-g",
                           registry->address(), "--builder", "buildah"});
  EXPECT_EQ(unknown.status, 2) << test::told(unknown);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'multi_1.0-oe2403sp1_amd64'?"));
  test::write_text(one.machine / "no-result", "{\"eulerpublisher-result\": 2}\n");
  Ran garbage =
      call(one, {"container", "assemble", "-g", registry->address(), (one.machine / "no-result").string()});
  EXPECT_EQ(garbage.status, 2) << test::told(garbage);
}

}  // namespace
}  // namespace eulerpublisher
