#include "engine/docker_script.h"

#include <fstream>

namespace eulerpublisher {
namespace {

// As one word of sh.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (char letter : text) {
    if (letter == '\'')
      word += "'\\''";
    else
      word += letter;
  }
  return word + "'";
}

// podman refuses to work when these name files that are not there.
constexpr const char* podman_logins =
    "[ -e \"$REGISTRY_AUTH_FILE\" ] || unset REGISTRY_AUTH_FILE\n"
    "[ -e \"$DOCKER_CONFIG/config.json\" ] || unset DOCKER_CONFIG\n";

}  // namespace

std::string docker_script(const DockerScript& script) {
  std::string program;
  for (const std::string& word : script.program) program += (program.empty() ? "" : " ") + quoted(word);
  std::string added = "--label " + quoted(script.label);
  if (!script.platform.empty()) added += " --platform " + quoted(script.platform);
  return fmt::format(R"(#!/bin/sh
# Stands in for docker while test scripts run, so that what they start is found again and has no network.
{}verb=$1
case $verb in
  container | network) verb="$1 $2" ;;
esac
case $verb in
  run | create | "container run" | "container create")
    network='{}'
    for word in "$@"; do
      case $word in
        --network | --network=* | --net | --net=*) network='' ;;
      esac
    done
    if [ "$1" = container ]; then shift; fi
    shift
    exec {} ${{verb#container }} {} $network "$@"
    ;;
  "network create")
    shift 2
    exec {} network create --label {} "$@"
    ;;
esac
exec {} "$@"
)",
                     script.program.front() == "podman" ? podman_logins : "",
                     script.network ? "" : "--network none --pull never", program, added, program,
                     quoted(script.label), program);
}

Done write_docker_script(const std::filesystem::path& folder, const DockerScript& script) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return unavailable("making {}: {}", folder.string(), failed.message());
  std::filesystem::path file = folder / "docker";
  std::ofstream(file) << docker_script(script);
  std::filesystem::permissions(file, std::filesystem::perms::owner_all, failed);
  if (failed) return unavailable("writing {}: {}", file.string(), failed.message());
  return {};
}

}  // namespace eulerpublisher
