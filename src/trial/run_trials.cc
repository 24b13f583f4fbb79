#include <algorithm>

#include "engine/foreign.h"
#include "trial/trial.h"

namespace eulerpublisher {
namespace {

// What became of one check on one platform.
struct Ending {
  PlatformOutcome outcome;
  Findings findings = {};
};

bool has_shell(const CheckedPlatform& platform) {
  if (!platform.root) return true;  // not read: it will show
  return std::ranges::any_of(
      std::initializer_list<const char*>{"bin/sh", "usr/bin/sh", "bin/bash", "usr/bin/bash"},
      [&](const char* path) { return platform.root->find(path) != nullptr; });
}

// Tries one image, platform by platform.
class Trials {
 public:
  Trials(const CheckedImage& image, decltype(ImageToRun::open_layer) open_layer, const Expectation& expected,
         const CheckRules& rules, const TrialTerms& terms, std::stop_token stop)
      : image_(image),
        open_layer_(std::move(open_layer)),
        expected_(expected),
        rules_(rules),
        terms_(terms),
        stop_(std::move(stop)) {}

  Result<std::vector<CheckResult>> all();

 private:
  Done on_platform(const CheckedPlatform& platform);
  Ending end_of(const TrialCheck& check, Trial& trial);
  // The image in the first engine that can run it; `why_not_` says why there is none.
  Result<std::unique_ptr<LoadedImage>> load(const CheckedPlatform& platform);
  Result<std::unique_ptr<LoadedImage>> load_with(Engine& engine, const ImageToRun& image);
  void none_on(const CheckedPlatform& platform, const std::string& why, bool required);
  bool is_required(const CheckedPlatform& platform) const;
  std::optional<std::string> unasked_of(const TrialCheck& check) const {
    return check.unasked ? check.unasked(terms_) : std::nullopt;
  }
  CheckResult sum_up(const TrialCheck& check, std::vector<Ending> endings) const;

  const CheckedImage& image_;
  decltype(ImageToRun::open_layer) open_layer_;
  const Expectation& expected_;
  const CheckRules& rules_;
  const TrialTerms& terms_;
  std::stop_token stop_;
  const std::vector<TrialCheck> checks_ = all_trials();
  std::vector<std::vector<Ending>> endings_{checks_.size()};
  std::vector<std::unique_ptr<Engine>> engines_;
  std::string why_not_;
};

bool Trials::is_required(const CheckedPlatform& platform) const {
  return terms_.require == RequireRun::all ||
         (terms_.require == RequireRun::native && is_native(platform.platform));
}

void Trials::none_on(const CheckedPlatform& platform, const std::string& why, bool required) {
  Outcome outcome = required ? Outcome::could_not_look : Outcome::not_run;
  for (size_t i = 0; i < checks_.size(); ++i) {
    auto unasked = unasked_of(checks_[i]);
    Outcome ended = unasked ? Outcome::not_run : outcome;
    endings_[i].push_back({{platform.platform, ended, unasked.value_or(why)}, {}});
  }
}

Result<std::unique_ptr<LoadedImage>> Trials::load_with(Engine& engine, const ImageToRun& image) {
  auto loaded = TRY(engine.load(image, stop_));
  // Any status will do: what the image does is looked at later, whether the engine works now.
  TRY(loaded->run({"true"}, {.patience = std::chrono::minutes(2)}, stop_));
  return loaded;
}

Result<std::unique_ptr<LoadedImage>> Trials::load(const CheckedPlatform& platform) {
  ImageToRun image{platform.platform, platform.content, platform.config,
                   open_layer_,       terms_.package,   terms_.tag};
  while (!engines_.empty()) {
    auto loaded = load_with(*engines_.front(), image);
    bool engines_fault = !loaded && (loaded.error().kind() == ErrorKind::unavailable ||
                                     loaded.error().kind() == ErrorKind::unsupported ||
                                     loaded.error().kind() == ErrorKind::denied);
    if (!engines_fault) return loaded;
    why_not_ += (why_not_.empty() ? "" : "; ") + loaded.error().text();
    engines_.erase(engines_.begin());
  }
  return unavailable("{}", why_not_);
}

Ending Trials::end_of(const TrialCheck& check, Trial& trial) {
  Ending ending{{trial.platform.platform, Outcome::passed, ""}, {}};
  if (auto unasked = unasked_of(check)) {
    ending.outcome.outcome = Outcome::not_run;
    ending.outcome.note = *unasked;
    return ending;
  }
  if (check.needs_shell && !has_shell(trial.platform)) {
    ending.outcome.outcome = Outcome::not_run;
    ending.outcome.note = "it has no shell";
    return ending;
  }
  auto tried = check.look(trial);
  if (!tried) {
    ending.outcome.outcome = Outcome::could_not_look;
    ending.outcome.note = tried.error().text();
  } else if (!tried->findings.empty()) {
    ending.outcome.outcome = Outcome::found;
    ending.findings = std::move(tried->findings);
  } else if (tried->not_run) {
    ending.outcome.outcome = Outcome::not_run;
    ending.outcome.note = *tried->not_run;
  }
  return ending;
}

Done Trials::on_platform(const CheckedPlatform& platform) {
  if (auto why = cannot_run(platform.platform)) {
    none_on(platform, *why, is_required(platform));
    return {};
  }
  if (engines_.empty()) {
    none_on(platform, why_not_, is_required(platform));
    return {};
  }
  auto loaded = load(platform);
  if (stop_.stop_requested()) return cancelled("stopped");
  if (!loaded) {
    // That no engine works is one thing; an image that none may take is another.
    bool engines_fault = engines_.empty();
    none_on(platform, loaded.error().text(), !engines_fault || is_required(platform));
    return {};
  }
  Trial trial(**loaded, platform, expected_, rules_, terms_, stop_);
  for (size_t i = 0; i < checks_.size(); ++i) {
    endings_[i].push_back(end_of(checks_[i], trial));
    if (stop_.stop_requested()) return cancelled("stopped");
  }
  return {};
}

// The worst of all platforms; what is the same on all is said once.
CheckResult Trials::sum_up(const TrialCheck& check, std::vector<Ending> endings) const {
  Severity severity = rules_.of(check.name).severity.value_or(check.severity);
  CheckResult result{check.name, check.reason, severity, Outcome::passed, {}, {}};
  auto rank = [](Outcome outcome) {
    switch (outcome) {
      case Outcome::found:
        return 3;
      case Outcome::could_not_look:
        return 2;
      case Outcome::not_run:
        return 1;
      case Outcome::passed:
        break;
    }
    return 0;
  };
  bool alike = std::ranges::all_of(endings, [&](const Ending& one) {
    return one.outcome.outcome == endings.front().outcome.outcome &&
           one.outcome.note == endings.front().outcome.note;
  });
  for (Ending& one : endings) {
    if (rank(one.outcome.outcome) > rank(result.outcome)) result.outcome = one.outcome.outcome;
    std::ranges::move(one.findings, std::back_inserter(result.findings));
    if (!one.outcome.note.empty() && !alike)
      result.note += fmt::format("{}{}: {}", result.note.empty() ? "" : "; ", one.outcome.platform.text(),
                                 one.outcome.note);
    result.platforms.push_back(std::move(one.outcome));
  }
  if (alike && !endings.empty()) result.note = result.platforms.front().note;
  return result;
}

Result<std::vector<CheckResult>> Trials::all() {
  auto engines = engines_for(terms_.engine);
  if (engines) {
    engines_ = std::move(*engines);
    if (terms_.engine == EngineChoice::none) why_not_ = "--engine none: nothing is run";
    if (terms_.engine == EngineChoice::automatic && engines_.empty())
      why_not_ = "neither podman nor docker nor runc is installed";
  } else {
    why_not_ = engines.error().text();
  }
  for (const CheckedPlatform& platform : image_.platforms) TRY(on_platform(platform));
  std::vector<CheckResult> results;
  for (size_t i = 0; i < checks_.size(); ++i) results.push_back(sum_up(checks_[i], std::move(endings_[i])));
  return results;
}

}  // namespace

Result<std::vector<CheckResult>> run_trials(const CheckedImage& image,
                                            decltype(ImageToRun::open_layer) open_layer,
                                            const Expectation& expected, const CheckRules& rules,
                                            const TrialTerms& terms, std::stop_token stop) {
  return Trials(image, std::move(open_layer), expected, rules, terms, std::move(stop)).all();
}

}  // namespace eulerpublisher
