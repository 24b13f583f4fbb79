#include "trial/trials.h"

namespace eulerpublisher {
namespace {

constexpr std::chrono::seconds patience(60);

// What is run, and the status it is to end with.
struct Case {
  const char* what;
  std::vector<std::string> argv;
  const char* terminate_after;
  int status;
};

Result<Tried> look(Trial& trial) {
  Tried tried;
  std::string where = trial.platform.platform.text();
  const std::vector<Case> cases{
      {"`true`", {"true"}, "", 0},
      {"`exit 7` in sh", {"sh", "-c", "exit 7"}, "", 7},
      {"a shell that ends with 9 at SIGTERM",
       {"sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 1; done"},
       "ready",
       9},
  };
  for (const Case& one : cases) {
    RunTerms terms{.patience = trial.patience(patience), .terminate_after = one.terminate_after};
    auto ended = TRY(trial.image.run(one.argv, terms, trial.stop));
    std::string said = ended.err + ended.out;
    if (ended.too_late) {
      tried.findings.push_back({where, fmt::format("{} did not end in time", one.what), said});
    } else if (ended.status != one.status) {
      std::string words = brief(said);
      tried.findings.push_back({where,
                                fmt::format("{} ends with status {} instead of {}{}{}", one.what,
                                            ended.status, one.status, words.empty() ? "" : ": ", words),
                                said});
      if (one.status == 0) break;  // nothing runs
    }
  }
  return tried;
}

}  // namespace

TrialCheck starts_trial() {
  return {.name = "starts",
          .reason = "a container must start, tell how its program ended, and end when it is asked to",
          .severity = Severity::blocker,
          .look = look};
}

}  // namespace eulerpublisher
