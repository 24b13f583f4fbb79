#include <array>

#include "engine/engine.h"

namespace eulerpublisher {
namespace {

struct Known {
  EngineChoice choice;
  const char* name;
  std::unique_ptr<Engine> (*make)();
};
constexpr std::array<Known, 3> known{{{EngineChoice::podman, "podman", podman_engine},
                                      {EngineChoice::docker, "docker", docker_engine},
                                      {EngineChoice::runc, "runc", runc_engine}}};

}  // namespace

std::optional<EngineChoice> engine_choice_from(std::string_view word) {
  if (word == "auto") return EngineChoice::automatic;
  if (word == "none") return EngineChoice::none;
  for (const Known& one : known)
    if (word == one.name) return one.choice;
  return std::nullopt;
}

Result<std::vector<std::unique_ptr<Engine>>> engines_for(EngineChoice choice) {
  std::vector<std::unique_ptr<Engine>> engines;
  for (const Known& one : known) {
    bool installed = !process::find_program(one.name).empty();
    if (choice == one.choice && !installed)
      return not_found("--engine {0}: {0} is not installed; install it, or choose another engine", one.name);
    if (installed && (choice == one.choice || choice == EngineChoice::automatic))
      engines.push_back(one.make());
  }
  return engines;
}

}  // namespace eulerpublisher
