#pragma once

#include <map>
#include <set>
#include <string>

#include "image/layer_intake.h"

namespace eulerpublisher {

// Everything of a docker-archive that says something, once it has been read from front to back.  All names
// are plain and lie within the archive.
struct DockerArchive {
  std::map<std::string, std::string> documents;  // JSON members, by name
  std::map<std::string, std::string> links;      // name -> target
  std::map<std::string, TakenLayer> layers;      // files that may be layers
  std::map<std::string, std::string>
      compressed;                // files that would be layers, and what they are compressed with
  std::set<std::string> others;  // the first few names of everything else, for messages

  // Follows links to a name that is none; nothing when they go round in circles.
  std::optional<std::string> resolve(std::string name) const;
};

// Reads the tar of a docker-archive.  `corrupt` for names and links that lead out of it, names that come
// twice, and more than `limits` allow.  Which files are layers after all is for manifest.json to say, which
// may come last.
Result<DockerArchive> read_docker_archive(TarReader::Supply supply, LayerIntake& intake,
                                          const ArchiveLimits& limits);

}  // namespace eulerpublisher
