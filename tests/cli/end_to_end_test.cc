// A release made of real programs, published into two registries and a folder, and read back by the tools
// that people use.

#include <sys/utsname.h>
#include <unistd.h>

#include "cli/publishing.h"
#include "support/places.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::broken_layout_rules;
using test::broken_rules;
using test::Command;
using test::Ran;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string host_machine() {
  utsname name{};
  uname(&name);
  return name.machine;
}

class EndToEnd : public Publishing {
 protected:
  // The release as scripts/make-release.sh makes it; with programs that run where EP_BUSYBOX names some.
  void make_release(const std::string& architectures) {
    Command make{.argv = {(test::source_folder() / "scripts/make-release.sh").string(),
                          site.folder().string(), test::sp1, "--arch", architectures}};
    if (runs()) make.argv.insert(make.argv.end(), {"--busybox", getenv("EP_BUSYBOX")});
    Ran made = test::run(make);
    ASSERT_TRUE(made.ok()) << test::told(made);
  }

  static bool runs() { return getenv("EP_BUSYBOX") != nullptr; }

  // The released root file system of an architecture: the tar within the archive.
  std::string released_tar(const std::string& architecture, const std::string& hex) {
    return test::run({{"tar", "-xJOf", site.archive(architecture).string(), hex + ".tar"}}).out;
  }

  static json parsed(const test::BlobReader& read, const Digest& digest) {
    return json::parse(read(digest).value_or("null"));
  }

  static Digest digest_in(const json& descriptor) {
    return Digest::parse(descriptor["digest"].get<std::string>()).value();
  }

  // Everything that issue 2 promises about one architecture's image.
  void expect_promised(const test::BlobReader& read, const json& entry) {
    std::string architecture = entry["platform"]["architecture"];
    SCOPED_TRACE(architecture);
    json manifest = parsed(read, digest_in(entry));
    json config = parsed(read, digest_in(manifest["config"]));
    ASSERT_EQ(manifest["layers"].size(), 2u);
    std::string diff_id = config["rootfs"]["diff_ids"][0];
    std::string released = released_tar(architecture, diff_id.substr(7));
    EXPECT_FALSE(released.empty());
    std::string first = test::uncompressed(*read(digest_in(manifest["layers"][0])));
    EXPECT_TRUE(first == released) << "the first layer is not bit for bit the released one";
    std::string second = test::uncompressed(*read(digest_in(manifest["layers"][1])));
    EXPECT_EQ(test::file_of_tar(second, "etc/localtime"), "-> /usr/share/zoneinfo/UTC");
    EXPECT_THAT(test::file_of_tar(second, "etc/bashrc").value_or(""), HasSubstr("TMOUT=0"));
    EXPECT_THAT(test::file_of_tar(first, "etc/bashrc").value_or(""), HasSubstr("TMOUT=300"));
    EXPECT_EQ(config["config"]["Cmd"], json::array({"bash"}));
    EXPECT_EQ(manifest["annotations"]["org.openeuler.archive.sha256"],
              std::string(digest_of(test::read_text(site.archive(architecture))).hex()));
    for (const char* key : {"title", "version", "created", "source", "url", "vendor", "licenses", "ref.name"})
      EXPECT_TRUE(manifest["annotations"].contains(std::string("org.opencontainers.image.") + key)) << key;
  }
};

TEST_F(EndToEnd, TwoArchitecturesReachTwoRegistriesAndAFolderInOneRun) {
  make_release("amd64,arm64");
  auto &first = start_registry(), &second = start_registry();
  Ran ran = publish({first.address(), second.address(), oci()}, {"--json"});
  expect_success(ran);
  Digest made = Digest::parse(json_of(ran)["digest"].get<std::string>()).value();
  EXPECT_EQ(test::tagged_in(first, own_tag), made);
  EXPECT_EQ(test::tagged_in(second, own_tag), made);
  EXPECT_EQ(test::tagged_in_layout(layout(), own_tag), made);
  EXPECT_EQ(site.archives_asked(), 2u) << site.log();
  for (auto& read :
       {test::storage_reader(first), test::storage_reader(second), test::layout_reader(layout())})
    EXPECT_THAT(broken_rules(made, read), IsEmpty());
  EXPECT_THAT(broken_layout_rules(layout()), IsEmpty());
  EXPECT_THAT(broken_layout_rules(machine.store()), IsEmpty());
  json index = parsed(test::storage_reader(first), made);
  ASSERT_EQ(index["manifests"].size(), 2u);
  for (const json& entry : index["manifests"]) expect_promised(test::storage_reader(first), entry);
  EXPECT_EQ(index["annotations"]["org.opencontainers.image.version"], test::sp1);
  EXPECT_EQ(index["annotations"]["org.opencontainers.image.ref.name"], own_tag);
}

TEST_F(EndToEnd, Loong64ComesAlongWhereItIsReleased) {
  make_release("amd64,arm64,loong64");
  expect_success(publish({oci()}));
  EXPECT_THAT(broken_layout_rules(layout()), IsEmpty());
  json index = parsed(test::layout_reader(layout()), *test::tagged_in_layout(layout(), own_tag));
  std::vector<std::string> architectures;
  for (const json& entry : index["manifests"]) architectures.push_back(entry["platform"]["architecture"]);
  EXPECT_THAT(architectures, ElementsAre("amd64", "arm64", "loong64"));
}

TEST_F(EndToEnd, SkopeoReadsBackWhatWasPublishedByteForByte) {
  if (!test::have_program("skopeo")) GTEST_SKIP() << "SKIPPED: skopeo is not installed";
  make_release("amd64,arm64");
  auto& registry = start_registry();
  Ran ran = publish({registry.address()}, {"--json"});
  expect_success(ran);
  std::string image = "docker://" + registry.address() + "/openeuler/openeuler:" + own_tag;
  Ran raw = test::run({{"skopeo", "inspect", "--tls-verify=false", "--raw", image}});
  ASSERT_TRUE(raw.ok()) << raw.err;
  EXPECT_EQ(digest_of(raw.out).text(), json_of(ran)["digest"]);
  Ran arm = test::run({{"skopeo", "inspect", "--tls-verify=false", "--override-arch", "arm64", image}});
  ASSERT_TRUE(arm.ok()) << arm.err;
  EXPECT_EQ(json::parse(arm.out)["Architecture"], "arm64");
  Ran copied = test::run({{"skopeo", "copy", "-q", "--src-tls-verify=false", "--all", "--preserve-digests",
                           image, "oci:" + (machine / "copy").string() + ":all"}});
  ASSERT_TRUE(copied.ok()) << copied.err;
  EXPECT_EQ(test::tagged_in_layout(machine / "copy", "all").value().text(), json_of(ran)["digest"]);
  EXPECT_THAT(broken_layout_rules(machine / "copy"), IsEmpty());
}

TEST_F(EndToEnd, UmociUnpacksEachArchitecture) {
  if (!test::have_program("skopeo") || !test::have_program("umoci"))
    GTEST_SKIP() << "SKIPPED: skopeo and umoci are not both installed";
  make_release("amd64,arm64");
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  std::string image = "docker://" + registry.address() + "/openeuler/openeuler:" + own_tag;
  for (const std::string architecture : {"amd64", "arm64"}) {
    std::string folder = (machine / architecture).string();
    Ran copied = test::run({{"skopeo", "copy", "-q", "--src-tls-verify=false", "--override-arch",
                             architecture, image, "oci:" + folder + ":one"}});
    ASSERT_TRUE(copied.ok()) << copied.err;
    Command unpack{.argv = {"umoci", "unpack", "--image", folder + ":one", folder + "-root"}};
    if (geteuid() != 0) unpack.argv.insert(unpack.argv.begin() + 2, "--rootless");
    Ran unpacked = test::run(unpack);
    ASSERT_TRUE(unpacked.ok()) << unpacked.err;
    fs::path root = fs::path(folder + "-root") / "rootfs";
    EXPECT_EQ(fs::read_symlink(root / "etc/localtime"), "/usr/share/zoneinfo/UTC");
    EXPECT_THAT(test::read_text(root / "etc/bashrc"), HasSubstr("TMOUT=0"));
    EXPECT_THAT(test::read_text(root / "etc/os-release"), HasSubstr("VERSION=\"24.03 (LTS-SP1)\""));
  }
}

class WithPodman : public EndToEnd {
 protected:
  void SetUp() override {
    if (!test::have_program("podman")) GTEST_SKIP() << "SKIPPED: podman is not installed";
    if (!runs()) GTEST_SKIP() << "SKIPPED: EP_BUSYBOX names no programs that run (scripts/fetch-busybox.sh)";
    EndToEnd::SetUp();
  }

  Ran podman(const Words& arguments) {
    Command command{.argv = {"podman", "--root", (machine / "podman").string(), "--runroot",
                             (machine / "podman-run").string(), "--storage-driver", "vfs"},
                    .env = machine.environment()};
    // podman wants such files to be there.
    command.env.erase("REGISTRY_AUTH_FILE");
    command.env.erase("DOCKER_CONFIG");
    command.env["CONTAINERS_CONF"] = (test::source_folder() / "tests/support/containers.conf").string();
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    return test::run(command);
  }

  void expect_it_runs(const std::string& architecture, const std::string& machine_name) {
    make_release("amd64,arm64");
    auto& registry = start_registry();
    expect_success(publish({registry.address()}));
    std::string image = registry.address() + "/openeuler/openeuler:" + own_tag;
    Ran pulled = podman({"pull", "-q", "--tls-verify=false", "--arch", architecture, image});
    ASSERT_TRUE(pulled.ok()) << test::told(pulled);
    Ran ran = podman(
        {"run", "--rm", "--arch", architecture, image, "sh", "-c",
         "uname -m; . /etc/os-release; echo $VERSION; readlink /etc/localtime; . /etc/bashrc; echo $TMOUT"});
    ASSERT_TRUE(ran.ok()) << test::told(ran);
    EXPECT_EQ(ran.out, machine_name + "\n24.03 (LTS-SP1)\n/usr/share/zoneinfo/UTC\n0\n");
  }
};

TEST_F(WithPodman, RunsTheAmd64ImageAsPublished) {
  if (host_machine() != "x86_64" && !fs::exists("/proc/sys/fs/binfmt_misc/qemu-x86_64"))
    GTEST_SKIP() << "SKIPPED: programs for x86_64 do not run here";
  expect_it_runs("amd64", "x86_64");
}

TEST_F(WithPodman, RunsTheArm64ImageAsPublished) {
  if (host_machine() != "aarch64" && !fs::exists("/proc/sys/fs/binfmt_misc/qemu-aarch64"))
    GTEST_SKIP() << "SKIPPED: programs for aarch64 do not run here (qemu-user-static)";
  expect_it_runs("arm64", "aarch64");
}

TEST_F(EndToEnd, PublishingNeedsNoOtherProgram) {
  site.put_both();
  Ran ran = machine.run(words("publish", {oci()}), {{"PATH", "/nonexistent"}});
  expect_success(ran);
  EXPECT_THAT(broken_layout_rules(layout()), IsEmpty());
}

TEST_F(EndToEnd, TheRulesAreBrokenByAnImageThatLies) {
  site.put_both();
  expect_success(publish({oci()}));
  Digest index = *test::tagged_in_layout(layout(), own_tag);
  json entry = parsed(test::layout_reader(layout()), index)["manifests"][0];
  json manifest = parsed(test::layout_reader(layout()), digest_in(entry));
  std::string layer(digest_in(manifest["layers"][0]).hex());
  fs::remove(layout() / "blobs/sha256" / layer);
  EXPECT_THAT(broken_rules(index, test::layout_reader(layout())),
              Contains("a layer of linux/amd64 is missing"));
  test::write_text(layout() / "blobs/sha256" / layer, "other bytes");
  EXPECT_THAT(broken_rules(index, test::layout_reader(layout())),
              Contains("a layer of linux/amd64 has other bytes than its digest says"));
}

}  // namespace
}  // namespace eulerpublisher
