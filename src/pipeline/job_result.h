#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/digest.h"
#include "oci/platform.h"

namespace eulerpublisher::pipeline {

// What one job of a pipeline leaves behind: one platform of an image, which lies in registries by its digest,
// where nobody sees it yet.  A value; travels as one line of JSON (packaging/ci/README.md).
struct JobResult {
  std::string job;    // redis_8.0.2-oe2403sp1_amd64
  std::string build;  // redis_8.0.2-oe2403sp1
  Platform platform;
  Digest manifest;
  Digest identity;                      // of what it was made from
  std::string engine;                   // the kind that made it
  std::vector<std::string> registries;  // that have it, as behind -g
  bool was_built = false;               // false: it was there already

  bool operator==(const JobResult&) const = default;

  // One line, with a newline at its end.
  std::string print() const;
};

// Reads what files of results say, one below the other; a folder stands for all files in it that end with
// .json, in alphabetical order.  Of results of one job the last counts, where they are of one identity:
// the job was repeated.  Any bytes.  `invalid`, with file and line, for what is no result.
Result<std::vector<JobResult>> read_results(const std::vector<std::filesystem::path>& files);
// The same of one text.
Result<std::vector<JobResult>> parse_results(std::string_view text, const std::string& file);

}  // namespace eulerpublisher::pipeline
