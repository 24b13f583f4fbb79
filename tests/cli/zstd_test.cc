// Layers compressed with zstd, taken by those who are going to take them: skopeo, podman, containerd.

#include <unistd.h>

#include "cli/publishing.h"
#include "support/places.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Ran;

// Text that compresses, and does not repeat: more than one frame of it.
std::string long_text() {
  std::string text;
  for (unsigned number = 0; text.size() < (5u << 20); ++number)
    text += fmt::format("{} {} openEuler\n", number, number * 2654435761u);
  return text;
}

class Zstd : public Publishing {
 protected:
  void SetUp() override {
    Publishing::SetUp();
    if (IsSkipped()) return;
    test::ArchiveRecipe recipe = test::small_archive(test::platform_of("amd64"));
    recipe.layers[0].push_back({.path = "./usr/share/long", .content = long_text()});
    site.put("amd64", test::make_archive(recipe));
    auto& registry = start_registry();
    Ran ran = publish({registry.address()}, {"--compression", "zstd", "--arch", "amd64"});
    expect_success(ran);
    image = registry.address() + "/openeuler/openeuler:" + own_tag;
  }

  std::string image;
};

TEST_F(Zstd, IsTakenBySkopeoWhichKeepsTheDigests) {
  if (!test::have_program("skopeo")) GTEST_SKIP() << "SKIPPED: skopeo is not installed";
  Ran copied = test::run({{"skopeo", "copy", "-q", "--all", "--preserve-digests", "--src-tls-verify=false",
                           "docker://" + image, oci("copy") + ":one"}});
  ASSERT_TRUE(copied.ok()) << test::told(copied);
  json index = json::parse(test::read_text(layout("copy") / "index.json"));
  auto document = [&](const json& descriptor) {
    return json::parse(
        test::read_text(layout("copy") / "blobs/sha256" / descriptor["digest"].get<std::string>().substr(7)));
  };
  json inner = document(index["manifests"][0]);
  for (const json& entry : inner["manifests"])
    EXPECT_EQ(document(entry)["layers"][0]["mediaType"], "application/vnd.oci.image.layer.v1.tar+zstd");
  EXPECT_THAT(test::broken_layout_rules(layout("copy")), testing::IsEmpty());
}

TEST_F(Zstd, IsUnpackedByPodman) {
  if (!test::have_program("podman")) GTEST_SKIP() << "SKIPPED: podman is not installed";
  auto podman = [&](const Words& arguments) {
    test::Command command{.argv = {"podman", "--root", (machine / "podman").string(), "--runroot",
                                   (machine / "podman-run").string(), "--storage-driver", "vfs"},
                          .env = machine.environment()};
    command.env.erase("REGISTRY_AUTH_FILE");
    command.env.erase("DOCKER_CONFIG");
    command.env["CONTAINERS_CONF"] = (test::source_folder() / "tests/support/containers.conf").string();
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    return test::run(command);
  };
  Ran pulled = podman({"pull", "-q", "--tls-verify=false", "--arch", "amd64", image});
  ASSERT_TRUE(pulled.ok()) << test::told(pulled);
  Ran mounted = podman({"image", "mount", image});
  ASSERT_TRUE(mounted.ok()) << test::told(mounted);
  fs::path root = mounted.out.substr(0, mounted.out.find('\n'));
  EXPECT_EQ(test::read_text(root / "usr/share/long"), long_text());
  EXPECT_TRUE(podman({"image", "unmount", image}).ok());
}

// containerd compares the diff_id of each layer with what it has unpacked.
TEST_F(Zstd, IsUnpackedByContainerd) {
  for (const char* program : {"containerd", "ctr"})
    if (!test::have_program(program)) GTEST_SKIP() << "SKIPPED: " << program << " is not installed";
  if (geteuid() != 0) GTEST_SKIP() << "SKIPPED: containerd wants root";
  fs::path folder = machine / "containerd", socket = folder / "socket";
  fs::create_directories(folder / "root-fs");
  test::write_text(folder / "config.toml", fmt::format("version = 2\nroot = '{0}/root'\nstate = '{0}/state'\n"
                                                       "disabled_plugins = ['io.containerd.grpc.v1.cri']\n"
                                                       "[grpc]\naddress = '{0}/socket'\n",
                                                       folder.string()));
  auto containerd = test::Process::start(
      {.argv = {"containerd", "--config", (folder / "config.toml").string()}, .log = folder / "log"});
  ASSERT_TRUE(containerd.has_value());
  auto ctr = [&](const Words& arguments) {
    Words words{"ctr", "--address", socket.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return test::run({words});
  };
  bool answers = false;
  for (int waited = 0; !answers && waited < 200 && containerd->running(); ++waited) {
    answers = fs::exists(socket) && ctr({"version"}).ok();
    if (!answers) ::usleep(50'000);
  }
  ASSERT_TRUE(answers) << test::read_text(folder / "log");
  Ran pulled =
      ctr({"images", "pull", "--plain-http", "--snapshotter", "native", "--platform", "linux/amd64", image});
  ASSERT_TRUE(pulled.ok()) << test::told(pulled) << test::read_text(folder / "log");
  Ran mounted = ctr({"images", "mount", "--snapshotter", "native", "--platform", "linux/amd64", image,
                     (folder / "root-fs").string()});
  ASSERT_TRUE(mounted.ok()) << test::told(mounted);
  EXPECT_EQ(test::read_text(folder / "root-fs/usr/share/long"), long_text());
  EXPECT_TRUE(ctr({"images", "unmount", (folder / "root-fs").string()}).ok());
  containerd->stop();
}

}  // namespace
}  // namespace eulerpublisher
