#include "check/checks.h"

namespace eulerpublisher {

std::vector<std::unique_ptr<Check>> all_checks() {
  std::vector<std::unique_ptr<Check>> all;
  all.push_back(tags_check());
  all.push_back(platforms_check());
  all.push_back(blobs_check());
  all.push_back(configuration_check());
  all.push_back(os_release_check());
  all.push_back(architecture_check());
  return all;
}

}  // namespace eulerpublisher
