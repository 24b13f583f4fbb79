#include "support/machine.h"

#include <sstream>

#include "support/places.h"

extern char** environ;

namespace eulerpublisher::test {

Machine::Machine() {
  // Whatever steers the program, or a library of it, stays outside.
  for (char** entry = environ; *entry; ++entry) {
    std::string name(*entry, std::string_view(*entry).find('='));
    std::string lower = name;
    for (char& letter : lower) letter = static_cast<char>(tolower(letter));
    if (name.starts_with("EULERPUBLISHER_") || name.starts_with("LOGIN_") || name.starts_with("EP_") ||
        lower.ends_with("_proxy") || name == "DOCKER_CONFIG" || name == "TZ")
      environment_[name] = std::nullopt;
  }
  for (const char* name : {"home", "cache", "state", "run", "docker"})
    std::filesystem::create_directory(folder_ / name);
  environment_["HOME"] = (folder_ / "home").string();
  environment_["XDG_CACHE_HOME"] = (folder_ / "cache").string();
  environment_["XDG_STATE_HOME"] = (folder_ / "state").string();
  environment_["XDG_RUNTIME_DIR"] = (folder_ / "run").string();
  environment_["XDG_CONFIG_HOME"] = (folder_ / "home/.config").string();
  environment_["DOCKER_CONFIG"] = (folder_ / "docker").string();
  // Images that tests make seldom run; those that do are asked for.
  environment_["EULERPUBLISHER_ENGINE"] = "none";
  environment_["REGISTRY_AUTH_FILE"] = (folder_ / "home/auth.json").string();
}

Command Machine::command(const std::vector<std::string>& arguments, const Environment& more) const {
  Command command{.argv = {program().string()}, .env = environment_, .folder = folder(), .log = log()};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  for (const auto& [name, value] : more) command.env[name] = value;
  return command;
}

Ran Machine::run(const std::vector<std::string>& arguments, const Environment& more,
                 const std::string& input) const {
  return test::run(command(arguments, more), input);
}

std::vector<std::string> error_lines(const Ran& ran) {
  std::vector<std::string> lines;
  std::istringstream text(ran.err);
  for (std::string line; std::getline(text, line);)
    if (line.starts_with("error: ")) lines.push_back(line);
  return lines;
}

std::string told(const Ran& ran) {
  return fmt::format("status {}\n--- standard output\n{}--- standard error\n{}", ran.status, ran.out,
                     ran.err);
}

}  // namespace eulerpublisher::test
