#pragma once

#include <string>
#include <vector>

#include "image/docker_archive.h"
#include "inspect/root_view.h"
#include "oci/document.h"

namespace eulerpublisher {

// What an archive says it is, found to be true: manifest.json, the configuration and the layers agree with
// each other and with what was expected.
struct VerifiedArchive {
  std::string config_bytes;
  Config config;
  std::vector<const TakenLayer*> layers;  // the lowest first; they belong to the archive
  RootView root;
  std::string os_version;  // VERSION of os-release
};

// Compares everything with everything.  `corrupt` names what contradicts what; `unsupported` what cannot be
// read.
Result<VerifiedArchive> verify_archive(const DockerArchive& archive, const ArchiveExpected& expected);

}  // namespace eulerpublisher
