#include <algorithm>
#include <array>

#include "trial/trials.h"

namespace eulerpublisher {
namespace {

constexpr std::chrono::seconds patience(60);

// What the image runs by itself: the program's name without its folders, and nothing when there is more to
// it.
std::string own_shell(const Config& config) {
  std::vector<std::string> argv = config.entrypoint;
  argv.insert(argv.end(), config.cmd.begin(), config.cmd.end());
  if (argv.empty() || std::ranges::find(argv, "-c") != argv.end()) return {};
  std::string name = argv.front().substr(argv.front().rfind('/') + 1);
  constexpr std::array<std::string_view, 6> shells{"sh", "bash", "ash", "dash", "zsh", "ksh"};
  return std::ranges::find(shells, name) == shells.end() ? "" : name;
}

Result<Tried> look(Trial& trial) {
  Tried tried;
  if (own_shell(*trial.platform.config).empty()) {
    tried.not_run = "what it runs by itself is no shell";
    return tried;
  }
  // The answer differs from what was typed, which a terminal repeats.
  RunTerms terms{.input = "[ -t 0 ] && [ -t 1 ] && echo answer=$((6*7))\nexit 3\n",
                 .terminal = true,
                 .patience = trial.patience(patience)};
  auto ended = TRY(trial.image.run({}, terms, trial.stop));
  std::string where = trial.platform.platform.text();
  std::string said = ended.out + ended.err;
  if (ended.too_late) {
    tried.findings.push_back({where, "a shell at a terminal does not end at `exit`", said});
  } else if (said.find("answer=42") == said.npos) {
    tried.findings.push_back(
        {where, "a shell at a terminal does not do what is typed: " + brief(said), said});
  } else if (ended.status != 3) {
    tried.findings.push_back(
        {where, fmt::format("a shell at a terminal ends with status {} at `exit 3`", ended.status), said});
  }
  return tried;
}

}  // namespace

TrialCheck interactive_trial() {
  return {.name = "interactive",
          .reason = "`docker run -ti` must give a person a shell",
          .severity = Severity::blocker,
          .look = look};
}

}  // namespace eulerpublisher
