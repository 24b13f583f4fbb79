#include "support/docker_daemon.h"

#include <unistd.h>

#include <thread>

namespace eulerpublisher::test {

namespace fs = std::filesystem;

std::optional<std::string> DockerDaemon::hindrance() {
  if (!fs::exists("/usr/bin/docker") || !fs::exists("/usr/sbin/dockerd")) return "docker.io is not installed";
  if (geteuid() != 0) return "only root can start dockerd";
  return std::nullopt;
}

DockerDaemon::DockerDaemon(const fs::path& programs)
    : client_(programs.empty() ? "/usr/bin/docker" : programs / "docker") {
  bool own = programs.empty();
  // Its snapshotter `native` works on every file system, overlays included.
  write_text(folder_ / "daemon.json",
             own ? "{}" : R"({"features":{"containerd-snapshotter":true},"storage-driver":"native"})");
  Command command{
      .argv = {own ? "/usr/sbin/dockerd" : (programs / "dockerd").string(), "--config-file",
               (folder_ / "daemon.json").string(), "--iptables=false", "--bridge=none", "--data-root",
               (folder_ / "data").string(), "--exec-root", (folder_ / "exec").string(), "--pidfile",
               (folder_ / "pid").string(), "--host", host()},
      .log = folder_ / "log"};
  // containerd and its shim are started by name.
  if (!own) command.env["PATH"] = programs.string() + ":" + getenv("PATH");
  auto started = Process::start(command);
  if (!started) return;
  daemon_ = std::move(*started);
  setenv("DOCKER_HOST", host().c_str(), 1);
  for (int i = 0; i < 300 && !answers_ && daemon_->running(); ++i) {
    answers_ = fs::exists(socket()) && test::run({.argv = {client_.string(), "version"}}).ok();
    if (!answers_) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

DockerDaemon::~DockerDaemon() {
  if (daemon_) daemon_->stop(std::chrono::seconds(20));
  unsetenv("DOCKER_HOST");
  // A dockerd leaves its folder mounted on itself.
  for (int i = 0; i < 3; ++i) test::run({{"umount", "-l", (folder_ / "data").string()}});
}

std::string DockerDaemon::ask(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv{client_.string()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return test::run({.argv = argv}).out;
}

}  // namespace eulerpublisher::test
