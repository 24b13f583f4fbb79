#include "trial/trial.h"

#include "engine/foreign.h"
#include "trial/trials.h"

namespace eulerpublisher {

std::optional<RequireRun> require_run_from(std::string_view word) {
  if (word == "none") return RequireRun::none;
  if (word == "native") return RequireRun::native;
  if (word == "all") return RequireRun::all;
  return std::nullopt;
}

std::vector<TrialCheck> all_trials() {
  return {starts_trial(), interactive_trial(),     system_trial(), clock_trial(),
          locale_trial(), hosts_trial(),           users_trial(),    login_shell_trial(),
          rpm_trial(),    package_manager_trial(), install_trial(),  scripts_trial()};
}

std::chrono::milliseconds Trial::patience(std::chrono::milliseconds native) const {
  constexpr int slower = 5;  // an interpreter, at most
  return is_native(platform.platform) ? native : native * slower;
}

Result<const Probe*> Trial::probe() {
  if (!probe_) {
    auto ask = [&]() -> Result<Probe> {
      RunTerms terms{.as_root = true, .patience = patience(std::chrono::minutes(3))};
      auto ended = TRY(image.run({"sh", "-c", Probe::script()}, terms, stop));
      if (ended.too_late)
        return unavailable("the container did not answer within {} s", terms.patience.count() / 1000);
      if (ended.status != 0)
        return unavailable("the container does not answer: {}", brief(ended.err + ended.out));
      return Probe::parse(ended.out);
    };
    probe_ = ask();
  }
  if (!*probe_) return probe_->error();
  return &**probe_;
}

}  // namespace eulerpublisher
