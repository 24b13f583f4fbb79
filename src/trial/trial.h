#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "check/check.h"
#include "engine/engine.h"
#include "trial/probe.h"

namespace eulerpublisher {

// What has to be run, for a release to become visible: --require-run.
enum class RequireRun { none, native, all };
std::optional<RequireRun> require_run_from(std::string_view word);

// A test script of a person, in the way of shUnit2.
struct TestScript {
  std::filesystem::path file;
  bool demanded = true;  // it was named; else it runs if it is there
};

// What people decide about trials.
struct TrialTerms {
  EngineChoice engine = EngineChoice::automatic;
  RequireRun require = RequireRun::none;
  bool network = false;
  std::vector<TestScript> scripts = {};
  std::string package = "image";  // the last part of the repository's name, for scripts
  std::string tag = "check";
};

// One platform of an image that runs.  Owned by one thread.
class Trial {
 public:
  Trial(LoadedImage& image, const CheckedPlatform& platform, const Expectation& expected,
        const CheckRules& rules, const TrialTerms& terms, std::stop_token stop)
      : image(image),
        platform(platform),
        expected(expected),
        rules(rules),
        terms(terms),
        stop(std::move(stop)) {}

  // What the container says when it is asked everything that needs no run of its own; asked once.
  Result<const Probe*> probe();
  // `patience`, and more where programs run through an interpreter.
  std::chrono::milliseconds patience(std::chrono::milliseconds native) const;

  LoadedImage& image;
  const CheckedPlatform& platform;
  const Expectation& expected;
  const CheckRules& rules;
  const TrialTerms& terms;
  std::stop_token stop;

 private:
  std::optional<Result<Probe>> probe_;
};

// What came of one trial on one platform.
struct Tried {
  Findings findings = {};
  std::optional<std::string> not_run = {};  // why there was nothing to try
};

// One check that runs the image: a file of src/trial, and a row in known_checks() of the policy.
struct TrialCheck {
  std::string name;
  std::string reason;
  Severity severity = Severity::warning;      // unless the policy says another
  std::function<Result<Tried>(Trial&)> look;  // an Error means "could not look"
  bool needs_shell = true;                    // without /bin/sh there is nothing to try
  // Why nobody has asked for it, if so: then it is `not run`, also where running is required.  May be empty.
  std::function<std::optional<std::string>(const TrialTerms&)> unasked = {};
};

// All of them, in the order in which they are shown.
std::vector<TrialCheck> all_trials();

// Runs an image on every platform that can run here, and looks.  What could not be run is `not_run`, because;
// where it is required it is `could_not_look`, which keeps a release from becoming visible.  With --engine
// auto the first engine that can run a container is taken.  `open_layer` as in ImageToRun.  Errors:
// `cancelled`.
Result<std::vector<CheckResult>> run_trials(const CheckedImage& image,
                                            decltype(ImageToRun::open_layer) open_layer,
                                            const Expectation& expected, const CheckRules& rules,
                                            const TrialTerms& terms, std::stop_token stop);

}  // namespace eulerpublisher
