#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "image/convert.h"
#include "inspect/root_view.h"

namespace eulerpublisher {

// What the community changes in a released root file system, as a layer of its own, made without running
// anything.
struct Adjustments {
  std::string tar;          // the layer
  std::string description;  // `UTC, TMOUT=0`, for the history
};

// Nothing when the recipe wants nothing or there is nothing to change: no /etc/localtime, no time zones, no
// TMOUT in /etc/bashrc, or all as it should be.  What is new gets the time `seconds` after 1970.
std::optional<Adjustments> make_adjustments(const RootView& root, const Recipe& recipe, int64_t seconds);

// Every assignment TMOUT=NUMBER made TMOUT=0.
std::string without_timeout(std::string_view script);

}  // namespace eulerpublisher
