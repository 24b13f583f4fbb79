#include "engine/terminating.h"

namespace eulerpublisher {

std::function<void(std::string_view)> when_it_says(const RunTerms& terms, std::function<void()> terminate) {
  if (terms.terminate_after.empty()) return {};
  return [wanted = terms.terminate_after, terminate = std::move(terminate), said = std::string(),
          done = false](std::string_view more) mutable {
    if (done) return;
    said += more;
    if (said.find(wanted) == said.npos) {
      if (said.size() > wanted.size()) said.erase(0, said.size() - wanted.size());
      return;
    }
    done = true;
    terminate();
  };
}

}  // namespace eulerpublisher
