#pragma once

#include "check/check.h"

namespace eulerpublisher {

// Each check by itself; what it is for is in its reason.
Check in_public_check();
Check tags_check();
Check platforms_check();
Check media_types_check();
Check blobs_check();
Check layers_check();
Check configuration_check();
Check annotations_check();
Check creation_check();
Check os_release_check();
Check architecture_check();
Check package_architectures_check();
Check rpm_database_check();
Check packages_check();
Check signatures_check();
Check accounts_check();
Check identity_check();
Check left_behind_check();
Check privileges_check();
Check devices_check();
Check unsafe_names_check();
Check world_writable_check();
Check duplicates_check();
Check file_names_check();
Check dangling_links_check();
Check future_times_check();
Check repositories_check();
Check ca_bundle_check();
Check time_zone_check();
Check tmout_check();
Check size_growth_check();
Check packages_lost_check();
Check secrets_check();

}  // namespace eulerpublisher
