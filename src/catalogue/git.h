#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace eulerpublisher::catalogue {

// What git knows about a folder that lies in a working tree.  Asks the program `git`; changes nothing.
class Git {
 public:
  explicit Git(std::filesystem::path folder, std::stop_token stop = {})
      : folder_(std::move(folder)), stop_(std::move(stop)) {}

  // The commit to compare with when somebody names `revision` as what his work started from: where both
  // histories parted, or `revision` itself where that is not known (a shallow clone).  `invalid` when there
  // is no such revision, `not_found` without git.
  Result<std::string> start_of_changes(const std::string& revision) const;
  // Files below the folder that differ from `commit`: committed since, changed, new, deleted.  Below the
  // folder, with slashes, sorted.
  Result<std::vector<std::string>> changed_files(const std::string& commit) const;
  // What a file below the folder held then, or nothing when it was not there.
  Result<std::optional<std::string>> text_at(const std::string& commit, const std::string& file) const;

 private:
  Result<std::string> ask(std::vector<std::string> words, const std::string& doing) const;

  std::filesystem::path folder_;
  std::stop_token stop_;
};

}  // namespace eulerpublisher::catalogue
