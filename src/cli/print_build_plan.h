#pragma once

#include <string>
#include <vector>

#include "catalogue/build_plan.h"
#include "rollout/status.h"

namespace eulerpublisher::cli {

// A base of ours that was looked up in a registry.
struct FoundBase {
  std::string name;
  std::string tag;
  std::string from;     // the registry; empty: nobody was asked
  std::string digest;   // empty: it was not found
  std::string problem;  // why not
};

// What is built from a catalogue, and on what.
struct ShownPlan {
  const catalogue::Catalogue& catalogue;
  const catalogue::BuildPlan& plan;
  std::string space;  // where the images go: openeuler
  // NAME:TAG of what was chosen and cannot be published, and why.
  std::vector<std::pair<std::string, std::string>> left_out;
  std::vector<FoundBase> bases;              // those that the plan does not build itself
  std::vector<rollout::TagStatus> standing;  // of every tag in every registry
};

// For people.
std::string describe(const ShownPlan& shown);
// The same as one JSON document.
std::string to_json(const ShownPlan& shown);

}  // namespace eulerpublisher::cli
