#include "check/checks.h"

namespace eulerpublisher {

std::vector<Check> all_checks() {
  return {
      tags_check(),          platforms_check(),  blobs_check(),        layers_check(),
      configuration_check(), os_release_check(), architecture_check(), secrets_check(),
  };
}

}  // namespace eulerpublisher
