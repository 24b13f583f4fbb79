#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/name.h"
#include "oci/platform.h"
#include "policy/version.h"

namespace eulerpublisher {

// A tag that a version earns, and why.
struct EarnedTag {
  Tag tag;
  bool special = false;  // decided by people, in the policy
  std::string because;
};

// What people have decided: versions, special tags, architectures, where releases lie, what is changed in images.
// Built in from oEEP-0005; a file replaces it.  A value: read once, never changed.
class Policy {
 public:
  // The oEEP's twelve versions, with the table's two slips put right.
  static Policy built_in();
  // YAML.  Also reads today's tags.yaml (`24.03-LTS-SP3: [latest, 24.03]`).  `invalid` with line and column for
  // unknown keys, keys given twice, tags outside the grammar, a special tag given to two versions, or given to a
  // version that the file does not have, and for an empty file.  `name` is for messages.
  static Result<Policy> parse(std::string_view yaml, const std::string& name);

  bool knows(const Version& version) const;
  std::vector<Version> versions() const;  // ascending

  // The version's own tag first, then series tags, `latest` last: the order in which they are moved.
  std::vector<EarnedTag> tags_of(const Version& version) const;
  // Which version a special tag stands for, or nothing.
  std::optional<Version> version_of(const Tag& special) const;

  // Where this version's archives lie: the sources that the policy gives this version, else the general ones.
  std::vector<std::string> sources_of(const Version& version) const;

  const std::vector<Platform>& required_platforms(const Version& version) const;
  const std::vector<Platform>& optional_platforms(const Version& version) const;

  bool utc() const { return utc_; }
  bool tmout() const { return tmout_; }
  const std::string& compression() const { return compression_; }  // gzip or zstd
  const std::vector<std::string>& registries() const { return registries_; }
  const std::string& repository() const { return repository_; }  // openeuler/openeuler

 private:
  friend class PolicyReader;
  struct Entry {
    std::vector<Tag> special;
    std::vector<std::string> sources;
    std::optional<std::vector<Platform>> required;
    std::optional<std::vector<Platform>> optional;
  };
  std::map<Version, Entry> versions_;
  std::vector<std::string> sources_;
  std::vector<Platform> required_;
  std::vector<Platform> optional_;
  bool utc_ = true;
  bool tmout_ = true;
  std::string compression_ = "gzip";
  std::vector<std::string> registries_;
  std::string repository_ = "openeuler/openeuler";
};

}  // namespace eulerpublisher
