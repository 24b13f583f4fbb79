#pragma once

#include <memory>
#include <vector>

#include "check/check.h"
#include "support/archive_maker.h"

namespace eulerpublisher::test {

// What an inspection makes of a layer with these files.
std::shared_ptr<LayerReport> report_of(const MadeFiles& files);

// A root file system as openEuler's base images are, in which no check finds anything; `version` is
// 24.03-LTS-SP1.
MadeFiles clean_root(const Platform& platform, const std::string& version = "24.03-LTS-SP1");

// An image of these layers as checks see it once it has been read; what its documents say is true.
CheckedPlatform checked_platform(const std::vector<std::shared_ptr<LayerReport>>& layers,
                                 const Platform& platform);
CheckedImage checked_image(std::vector<CheckedPlatform> platforms);

}  // namespace eulerpublisher::test
