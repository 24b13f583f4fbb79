#include "check/checks.h"

namespace eulerpublisher {

std::vector<Check> all_checks() {
  return {
      in_public_check(),      tags_check(),           platforms_check(),     media_types_check(),
      blobs_check(),          layers_check(),         configuration_check(), annotations_check(),
      creation_check(),       os_release_check(),     architecture_check(),  package_architectures_check(),
      rpm_database_check(),   packages_check(),       signatures_check(),    accounts_check(),
      identity_check(),       left_behind_check(),    privileges_check(),    devices_check(),
      unsafe_names_check(),   world_writable_check(), duplicates_check(),    file_names_check(),
      dangling_links_check(), future_times_check(),   repositories_check(),  ca_bundle_check(),
      time_zone_check(),      tmout_check(),          size_growth_check(),   packages_lost_check(),
      secrets_check(),
  };
}

}  // namespace eulerpublisher
