#include "build/applications.h"

#include <sys/utsname.h>

#include <cstdlib>
#include <fstream>

#include "support/places.h"

namespace eulerpublisher {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Ran;

bool arm64_runs() {
  utsname name{};
  uname(&name);
  return std::string(name.machine) == "aarch64" || fs::exists("/proc/sys/fs/binfmt_misc/qemu-aarch64");
}

void Applications::SetUp() {
  for (const char* program : {"docker-registry", "git"})
    if (!test::have_program(program)) GTEST_SKIP() << "SKIPPED: " << program << " is not installed";
  if (!getenv("EP_BUSYBOX"))
    GTEST_SKIP() << "SKIPPED: EP_BUSYBOX names no programs that run (scripts/fetch-busybox.sh)";
  if (!arm64_runs()) GTEST_SKIP() << "SKIPPED: programs for aarch64 do not run here (qemu-user-static)";
  registry = test::RegistryServer::start().value();
  machine.environment()["BUILDAH_ISOLATION"] = "chroot";
  machine.environment()["CONTAINERS_CONF"] =
      (test::source_folder() / "tests/support/containers.conf").string();
  // Engines want such a file to be there when it is named.
  test::write_text(machine / "home/auth.json", "{}");
  publish_base();
}

void Applications::write(const std::string& file, const std::string& text) {
  fs::create_directories((tree / file).parent_path());
  test::write_text(tree / file, text);
}

void Applications::write_list() {
  std::string list = "images:\n";
  for (const std::string& name : images_) list += "  " + name + ": " + name + "\n";
  write("App/image-list.yml", list);
}

void Applications::write_image(const std::string& name, const std::string& dockerfile) {
  if (std::ranges::find(images_, name) == images_.end()) images_.push_back(name);
  write("App/" + name + "/meta.yml", app_tag + ":\n  path: 1.0/24.03-lts-sp1/Dockerfile\n");
  write("App/" + name + "/1.0/24.03-lts-sp1/Dockerfile", dockerfile);
  write_list();
}

void Applications::write_images() {
  write_image("tool",
              "ARG BASE=24.03-lts-sp1\nFROM openeuler/openeuler:${BASE}\nCOPY tool /usr/bin/tool\n"
              "RUN uname -m > /built-on\n");
  write("App/tool/1.0/24.03-lts-sp1/tool", "#!/bin/sh\necho tool on $(cat /built-on)\n");
  fs::permissions(tree / "App/tool/1.0/24.03-lts-sp1/tool", fs::perms(0755));
  write("App/tool/meta.yml", app_tag +
                                 ":\n  path: 1.0/24.03-lts-sp1/Dockerfile\n1-oe2403sp1:\n  path: "
                                 "1.0/24.03-lts-sp1/Dockerfile\n");
  write_image("service", "FROM openeuler/tool:" + app_tag + "\nRUN tool > /made\nCMD [\"cat\", \"/made\"]\n");
  write_image("multi",
              "FROM openeuler/openeuler:24.03-lts-sp1 AS build\nRUN echo made by $(uname -m) > /out\n"
              "FROM openeuler/openeuler:24.03-lts-sp1\nCOPY --from=build /out /out\n");
}

void Applications::commit(const std::string& date) {
  auto git = [&](const Words& more) {
    Words words{"git", "-C", tree.path().string(), "-c", "user.name=t", "-c", "user.email=t@example.org"};
    words.insert(words.end(), more.begin(), more.end());
    Ran ran = test::run({.argv = words, .env = {{"GIT_COMMITTER_DATE", date}}});
    ASSERT_TRUE(ran.ok()) << test::told(ran);
  };
  if (!fs::exists(tree / ".git")) git({"init", "-q"});
  git({"add", "-A"});
  git({"commit", "-q", "-m", "a commit"});
}

void Applications::publish_base(const std::string& created) {
  Ran made = test::run(
      {{(test::source_folder() / "scripts/make-release.sh").string(), site.folder().string(), test::sp1,
        "--arch", "amd64,arm64", "--busybox", getenv("EP_BUSYBOX"), "--created", created}});
  ASSERT_TRUE(made.ok()) << test::told(made);
  Ran ran = machine.run({"container", "publish", "-v", test::sp1, "--source", site.folder().string(), "-g",
                         registry->address()});
  ASSERT_TRUE(ran.ok()) << test::told(ran);
}

Applications::Words Applications::words(const std::string& engine, const Words& more) const {
  Words words{"container", "publish", "--meta", tree.path().string(), "-g", registry->address(),
              "--builder", engine,    "--json"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Ran Applications::publish(const std::string& engine, const Words& more) const {
  return machine.run(words(engine, more));
}

json Applications::json_of(const Ran& ran) {
  json parsed = json::parse(ran.out, nullptr, false);
  EXPECT_TRUE(parsed.is_object()) << test::told(ran);
  return parsed.is_object() ? parsed : json::object();
}

std::vector<std::string> Applications::outcomes(const json& all) {
  std::vector<std::string> lines;
  for (const json& image : all.value("images", json::array())) {
    std::string line = image["id"].get<std::string>() + " " + image["state"].get<std::string>() + ":";
    std::vector<std::string> built = image["built"];
    std::ranges::sort(built);
    for (const std::string& platform : built) line += " " + platform;
    lines.push_back(line);
  }
  return lines;
}

json Applications::index_of(const std::string& image, const std::string& tag) {
  auto digest = test::tagged_in(*registry, tag, "openeuler/" + image);
  EXPECT_TRUE(digest.has_value()) << image << ":" << tag;
  if (!digest) return json::object();
  return json::parse(test::storage_reader(*registry)(*digest).value_or("{}"));
}

json Applications::manifest_of(const std::string& image, const std::string& architecture) {
  std::string tag = image == "openeuler" ? "24.03-lts-sp1" : app_tag;
  json index = index_of(image, tag);
  for (const json& entry : index["manifests"])
    if (entry["platform"]["architecture"] == architecture)
      return json::parse(
          test::storage_reader(*registry)(*Digest::parse(entry["digest"].get<std::string>())).value_or("{}"));
  return json::object();
}

void Applications::expect_layers_of_base(const std::string& image, const std::string& architecture,
                                         size_t more) {
  json base = manifest_of("openeuler", architecture)["layers"];
  json layers = manifest_of(image, architecture)["layers"];
  ASSERT_GE(base.size(), 1u);
  ASSERT_EQ(layers.size(), base.size() + more);
  for (size_t i = 0; i < base.size(); ++i) EXPECT_EQ(layers[i]["digest"], base[i]["digest"]);
}

std::string Applications::run(const std::string& image, const std::string& architecture,
                              const std::string& command) {
  Words podman{
      "podman",           "--root", (machine / "podman").string(), "--runroot", (machine / "p-run").string(),
      "--storage-driver", "vfs"};
  std::string reference = registry->address() + "/openeuler/" + image + ":" + app_tag;
  auto call = [&](const Words& words) {
    Words all = podman;
    all.insert(all.end(), words.begin(), words.end());
    return test::run({.argv = all, .env = machine.environment()});
  };
  Ran pulled = call({"pull", "-q", "--tls-verify=false", "--arch", architecture, reference});
  if (!pulled.ok()) return test::told(pulled);
  Ran ran =
      call({"run", "--rm", "--network", "none", "--arch", architecture, reference, "sh", "-c", command});
  return ran.ok() ? ran.out : test::told(ran);
}

void Applications::write_slow_image() {
  write_image("slow", "FROM openeuler/openeuler:24.03-lts-sp1\nRUN echo begun && sleep " + sleeps_ + "\n");
  commit();
}

test::Process Applications::begin_slow_build(const std::string& engine, const Words& more) {
  write_slow_image();
  Words options{"--progress", "plain"};
  options.insert(options.end(), more.begin(), more.end());
  auto running = test::Process::start(machine.command(words(engine, options))).value();
  // BuildKit puts the time before what a step says, buildah nothing.
  auto begun = [&] {
    std::string logs = build_logs();
    return logs.find("\nbegun") != std::string::npos || logs.find(" begun\n") != std::string::npos;
  };
  for (int i = 0; i < 600 && !begun(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_TRUE(begun()) << build_logs();
  return running;
}

std::string Applications::build_logs() const {
  std::string all;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(machine.state() / "builds", none))
    if (entry.is_regular_file(none)) all += test::read_text(entry.path());
  return all;
}

std::vector<pid_t> Applications::slow_builds() const {
  std::vector<pid_t> pids;
  std::string words = std::string("sleep") + '\0' + sleeps_;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc"))
    if (test::read_text(entry.path() / "cmdline").find(words) != std::string::npos)
      pids.push_back(std::atoi(entry.path().filename().c_str()));
  return pids;
}

void Applications::expect_no_slow_build() const {
  for (int i = 0; i < 100 && !slow_builds().empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(slow_builds().size(), 0u);
}

void Applications::expect_nothing_left() const {
  std::string workshops = (machine.store() / "building").string();
  for (const fs::directory_entry& entry : fs::directory_iterator(workshops))
    EXPECT_EQ(entry.path().filename(), "lock");
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);)
    EXPECT_EQ(line.find(workshops), std::string::npos) << line;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    std::string words = test::read_text(entry.path() / "cmdline");
    EXPECT_EQ(words.find(workshops), std::string::npos) << words;
  }
}

}  // namespace eulerpublisher
