// What people decide about a rollout, in options, in the policy and in git: seen on real builds.

#include "build/applications.h"
#include "support/places.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Ran;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string on_base = "FROM openeuler/openeuler:24.03-lts-sp1\n";

class Decided : public BuiltByBuildah {
 protected:
  // For amd64 alone, which is quicker.
  void write_amd64(const std::string& name, const std::string& dockerfile) {
    write_image(name, dockerfile);
    write("App/" + name + "/meta.yml", app_tag + ": {path: 1.0/24.03-lts-sp1/Dockerfile, arch: x86_64}\n");
  }
  std::optional<Digest> tagged(const std::string& image, const std::string& tag = app_tag) {
    return test::tagged_in(*registry, tag, "openeuler/" + image);
  }
  static std::string receipt_of(const json& told, const std::string& id) {
    for (const json& image : told["images"])
      if (image["id"] == id) return image["receipts"][0]["receipt"];
    return {};
  }
};

TEST_F(Decided, WhatChangedIsPublishedAloneAndItsReceiptTakesItBack) {
  write_amd64("tool", on_base + "RUN echo one > /made\n");
  write_amd64("service", "FROM openeuler/tool:" + app_tag + "\nCOPY Dockerfile /\n");
  write_amd64("other", "FROM scratch\nCOPY Dockerfile /one\nCMD [\"/one\"]\n");
  commit();
  Ran begun = publish("buildah");
  ASSERT_EQ(begun.status, 0) << test::told(begun);
  auto first = tagged("tool"), service = tagged("service"), other = tagged("other");
  write_amd64("other", "FROM scratch\nCOPY Dockerfile /two\nCMD [\"/two\"]\n");
  commit();
  write_amd64("tool", on_base + "RUN echo two > /made\n");
  commit();
  Ran ran = publish("buildah", {"--changed-since", "HEAD~1"});
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  json told = json_of(ran);
  EXPECT_THAT(outcomes(told), ElementsAre("tool_" + app_tag + " published: linux/amd64",
                                          "service_" + app_tag + " published: linux/amd64"));
  EXPECT_EQ(tagged("other"), other);
  EXPECT_NE(tagged("tool"), first);
  EXPECT_EQ(tagged("tool", "latest"), tagged("tool"));

  Ran back = machine.run({"container", "rollback", receipt_of(told, "tool_" + app_tag), "--json"});
  EXPECT_EQ(back.status, 0) << test::told(back);
  EXPECT_EQ(tagged("tool"), first);
  EXPECT_EQ(tagged("tool", "latest"), first);
  EXPECT_NE(tagged("service"), service);

  // What is up to date is built again when that is asked for, and is the same again.  As the oEEP spells it.
  Words words{"container", "publisher",         "--meta",    (tree / "App/other/meta.yml").string(),
              "-g",        registry->address(), "--builder", "buildah",
              "--json"};
  EXPECT_THAT(outcomes(json_of(machine.run(words))),
              ElementsAre("other_" + app_tag + " published: linux/amd64"));
  other = tagged("other");
  words[3] = (tree / "App/other").string();
  words.push_back("--rebuild");
  EXPECT_THAT(outcomes(json_of(machine.run(words))),
              ElementsAre("other_" + app_tag + " up to date: linux/amd64"));
  EXPECT_EQ(tagged("other"), other);
}

TEST_F(Decided, LatestGoesBackOnlyWhenAPersonSaysSo) {
  auto version = [&](const std::string& number) {
    write("App/app/" + number + "/24.03-lts-sp1/Dockerfile",
          "FROM scratch\nCOPY Dockerfile /" + number + "\nCMD [\"/\"]\n");
    write("App/app/meta.yml",
          number + "-oe2403sp1: {path: " + number + "/24.03-lts-sp1/Dockerfile, arch: x86_64}\n");
  };
  write("App/image-list.yml", "images:\n  app: app\n");
  version("10.0");
  commit();
  Ran begun = publish("buildah");
  ASSERT_EQ(begun.status, 0) << test::told(begun);
  auto ten = tagged("app", "10.0-oe2403sp1");
  EXPECT_EQ(tagged("app", "latest"), ten);
  // As text 9.9 is the greater one.
  version("9.9");
  commit();
  json status = json_of(machine.run({"container", "status", "--meta", tree.path().string(), "-g",
                                     registry->address(), "--builder", "buildah", "--json"}));
  EXPECT_EQ(status["tags"][1]["state"], "stays") << status.dump(1);
  Ran ran = publish("buildah");
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("latest stays: it names 10.0-oe2403sp1"));
  EXPECT_EQ(tagged("app", "latest"), ten);
  EXPECT_NE(tagged("app", "9.9-oe2403sp1"), std::nullopt);
  ASSERT_EQ(publish("buildah", {"--allow-older"}).status, 0);
  EXPECT_EQ(tagged("app", "latest"), tagged("app", "9.9-oe2403sp1"));
}

TEST_F(Decided, BasesComeFromWhereBaseFromSays) {
  auto mirror = test::RegistryServer::start().value();
  // Another base than the first registry has.
  test::ReleaseSite elsewhere;
  Ran made = test::run(
      {{(test::source_folder() / "scripts/make-release.sh").string(), elsewhere.folder().string(), test::sp1,
        "--arch", "amd64,arm64", "--busybox", getenv("EP_BUSYBOX"), "--created", "2025-01-01T00:00:00Z"}});
  ASSERT_TRUE(made.ok()) << test::told(made);
  ASSERT_TRUE(machine
                  .run({"container", "publish", "-v", test::sp1, "--source", elsewhere.folder().string(),
                        "-p", "mirror/of/openeuler", "-g", mirror->address()})
                  .ok());
  auto base = test::tagged_in(*mirror, "24.03-lts-sp1", "mirror/of/openeuler");
  ASSERT_TRUE(base.has_value());
  write_amd64("tool", on_base + "RUN echo made > /made\n");
  commit();
  Ran ran = publish("buildah", {"--base-from", mirror->address() + "/mirror/of"});
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  json annotations = index_of("tool")["annotations"];
  EXPECT_EQ(annotations["org.opencontainers.image.base.digest"], base->text());
  EXPECT_EQ(annotations["org.opencontainers.image.base.name"], "openeuler/openeuler:24.03-lts-sp1");
  EXPECT_NE(tagged("openeuler", "24.03-lts-sp1"), base);
  EXPECT_THAT(test::broken_rules(*tagged("tool"), test::storage_reader(*registry)), IsEmpty());
  Ran missing = publish("buildah", {"--base-from", mirror->address() + "/nobody"});
  EXPECT_EQ(missing.status, 1) << test::told(missing);
  EXPECT_THAT(missing.err, HasSubstr("is not in " + mirror->address() + "/nobody: publish it first"));
}

TEST_F(Decided, AContextIsBuiltAsItIsAndAsOldAsItsLastCommit) {
  write_amd64("tool", on_base + "COPY files /files\n");
  std::string context = "App/tool/1.0/24.03-lts-sp1/";
  for (const auto& [name, mode] :
       std::map<std::string, unsigned>{{"run", 0755}, {"secret", 0600}, {"own", 0711}}) {
    write(context + "files/" + name, name);
    fs::permissions(tree / (context + "files/" + name), static_cast<fs::perms>(mode));
  }
  fs::create_symlink("run", tree / (context + "files/link"));
  commit("2024-02-03T04:05:06Z");
  write("App/tool/README.md", "Nothing of the context.\n");
  commit("2025-01-01T00:00:00Z");
  test::write_text(machine / "policy.yml", "build: {arguments: {MIRROR: https://mirror.example}}\n");
  Ran ran = publish("buildah", {"--network", "none", "--policy", (machine / "policy.yml").string()});
  ASSERT_EQ(ran.status, 0) << test::told(ran);
  json manifest = manifest_of("tool", "amd64");
  auto read = test::storage_reader(*registry);
  test::write_text(machine / "layer.tar.gz",
                   read(*Digest::parse(manifest["layers"].back()["digest"].get<std::string>())).value());
  Ran list = test::run(
      {{"tar", "--utc", "--full-time", "--numeric-owner", "-tvzf", (machine / "layer.tar.gz").string()}});
  for (const char* line : {"-rwxr-xr-x 0/0 +3 2024-02-03 04:05:06 files/run",
                           "-rw------- 0/0 +6 2024-02-03 04:05:06 files/secret",
                           "-rwx--x--x 0/0 +3 2024-02-03 04:05:06 files/own",
                           "lrwxrwxrwx 0/0 +0 2024-02-03 04:05:06 files/link -> run"})
    EXPECT_THAT(list.out, testing::ContainsRegex(line));
  json config = json::parse(read(*Digest::parse(manifest["config"]["digest"].get<std::string>())).value());
  EXPECT_THAT(config["created"].get<std::string>(), HasSubstr("2024-02-03T04:05:06"));
  Ran head = test::run({{"git", "-C", tree.path().string(), "rev-parse", "HEAD~1"}});
  std::string base = test::tagged_in(*registry, "24.03-lts-sp1")->text();
  std::map<std::string, std::string> facts{{"title", "tool"},
                                           {"version", app_tag},
                                           {"revision", head.out.substr(0, 40)},
                                           {"source", "https://gitee.com/openeuler/openeuler-docker-images"},
                                           {"base.name", "openeuler/openeuler:24.03-lts-sp1"},
                                           {"base.digest", base}};
  for (const auto& [key, value] : facts) {
    std::string name = "org.opencontainers.image." + key;
    EXPECT_EQ(config["config"]["Labels"][name], value) << name;
    EXPECT_EQ(manifest["annotations"][name], value) << name;
    EXPECT_EQ(index_of("tool")["annotations"][name], value) << name;
  }
  EXPECT_EQ(manifest["annotations"]["org.opencontainers.image.created"], "2024-02-03T04:05:06Z");
  std::string log;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(machine.state() / "builds"))
    if (entry.is_regular_file()) log += test::read_text(entry.path());
  EXPECT_THAT(log, HasSubstr("--build-arg MIRROR=https://mirror.example"));
  EXPECT_THAT(log, HasSubstr("--network none"));
}

}  // namespace
}  // namespace eulerpublisher
