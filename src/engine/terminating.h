#pragma once

#include "engine/engine.h"

namespace eulerpublisher {

// Listens to a container that runs, and once it has said `terms.terminate_after`, does `terminate`, once.
// What process::Terms.watch takes; empty when there is nothing to wait for.
std::function<void(std::string_view)> when_it_says(const RunTerms& terms, std::function<void()> terminate);

}  // namespace eulerpublisher
