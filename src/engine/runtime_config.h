#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/root_folder.h"

namespace eulerpublisher {

// What an image says about how it is run, beyond Config (OCI image-spec, config.md).
struct Start {
  std::vector<std::string> argv;
  std::map<std::string, std::string> env;
  std::string folder = "/";
  uint32_t uid = 0;
  uint32_t gid = 0;
};

// What is to be started: `argv`, or by itself what the image runs.  A user that the image names is looked up
// in its own passwd and group.  `invalid` when the image names none of both, or a user it does not have.
Result<Start> start_of(const ImageToRun& image, const RootFolder& root, const std::vector<std::string>& argv,
                       const RunTerms& terms);

// The config.json of a container for an OCI runtime (OCI runtime-spec, config.md), whose root file system
// lies in `rootfs` beside it.  The container gets the capabilities that docker gives, except for making
// device nodes, and namespaces of its own; without root a user namespace too, in which its root is whoever we
// are. `hosts`: a file to be its /etc/hosts.
std::string runtime_config(const Start& start, const RunTerms& terms, const std::string& host_name,
                           const std::filesystem::path& hosts);

}  // namespace eulerpublisher
