#pragma once

#include <memory>
#include <semaphore>
#include <vector>

#include "check/check.h"
#include "release/release_run.h"
#include "trial/trial.h"

namespace eulerpublisher::cli {

// How many images may be run at once, for gates that look at several images at the same time.
using TrialSeats = std::shared_ptr<std::counting_semaphore<>>;

// What a gate looks for, and on which terms it runs the image.
struct GateTerms {
  Expectation expected;
  std::vector<Check> checks;  // those that run nothing
  CheckRules rules;
  TrialTerms trials;
  TrialSeats seats = {};  // null: as many as there are
};

// Looks at what a registry holds before any tag moves there, and runs it: once, whatever the number of
// registries it is staged in, for their digests are the same.  What is inside the layers was looked at while
// they were made, and their digests say that these are the same; so what is run is our own copy.
Gate make_gate(GateTerms terms);

// Could not look at anything, so that no tag moves: for terms that were good and are not any more.
Gate failing_gate(Error error);

}  // namespace eulerpublisher::cli
