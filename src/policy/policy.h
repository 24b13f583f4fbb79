#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/name.h"
#include "oci/platform.h"
#include "policy/check_rules.h"
#include "policy/description_rules.h"
#include "policy/image_rules.h"
#include "policy/registry_profile.h"
#include "policy/sync_rules.h"
#include "policy/version.h"

namespace eulerpublisher {

// A tag that a version earns, and why.
struct EarnedTag {
  Tag tag;
  bool special = false;  // decided by people, in the policy
  std::string because;
  bool fixed = false;  // once it names something, it is never moved
};

// What people have decided: versions, special tags, architectures, where releases lie, what is changed in
// images (spec: release-repository.md, "The tag rules"; format: docs/policy.md).  Built in from oEEP-0005;
// what a file says takes the place of it.  A value: read once, never changed, so any thread may read it.
class Policy {
 public:
  // The oEEP's twelve versions and its special tags, with the table's two slips put right.
  static Policy built_in();

  // Any bytes.  YAML as docs/policy.md tells, or today's tags.yaml (`24.03-LTS-SP3: [latest, 24.03]`).  What
  // the file does not mention is as built in.  `invalid`, with line and column, for unknown keys, keys given
  // twice, versions, tags, architectures, sources and registries that are none, a special tag given to two
  // versions, one that is another version's own tag or another series', or one for a version that the file
  // does not have; and for an empty file.  Tells the first thing found.  `name` is how the message calls the
  // file.
  static Result<Policy> parse(std::string_view yaml, const std::string& name);

  bool knows(const Version& version) const { return versions_.contains(version); }
  std::vector<Version> versions() const;  // ascending

  // The version's own tag first, then series tags, `latest` last: the order in which they are moved.  A
  // version that the policy does not know earns its own tag only.  `invalid` for a version whose own tag is
  // the special tag of another: 22.03, where that stands for 22.03-LTS-SP1.
  Result<std::vector<EarnedTag>> tags_of(const Version& version) const;
  // The tag of one update, which is never moved: `24.03-lts-sp1-20250610` for 2025-06-10.
  static EarnedTag dated_tag(const Version& version, const std::string& date);
  // Which version a special tag stands for, or nothing.
  std::optional<Version> version_of(const Tag& special) const;

  // Where this version's archives lie, in the order in which to ask: the sources that the policy gives this
  // version, else the general ones.  Never empty.
  const std::vector<std::string>& sources_of(const Version& version) const;
  // All sources that the policy names, the general ones first, each once.
  std::vector<std::string> all_sources() const;

  // Without these a version is not published; never empty.
  const std::vector<Platform>& required_platforms(const Version& version) const;
  // These are published where they exist.
  const std::vector<Platform>& optional_platforms(const Version& version) const;

  bool utc() const { return utc_; }                                // /etc/localtime is made UTC
  bool tmout() const { return tmout_; }                            // TMOUT=0 in /etc/bashrc
  const std::string& compression() const { return compression_; }  // of layers: gzip or zstd
  const std::vector<std::string>& registries() const {
    return registries_;
  }                                                              // hosts or oci:FOLDER; never empty
  const std::string& repository() const { return repository_; }  // openeuler/openeuler
  // How registries want to be spoken to, where that is not as it is built in; the first that fits counts.
  const std::vector<RegistryProfile>& registry_profiles() const { return registry_profiles_; }
  // What is special about application images, by name.
  const std::map<std::string, ImageRules>& images() const { return images_; }
  // What builds application images; empty: what is installed.
  const std::vector<BuilderRule>& builders() const { return builders_; }
  // How one of them is built: what is said of this image, and of all.
  BuildRules build_rules_of(const std::string& image) const;

  // By which API registries take the texts they show, by host; those that are known need not be named.
  const std::map<std::string, DescriptionRule>& descriptions() const { return descriptions_; }
  // What `container sync` may do without anybody.
  const SyncRules& sync() const { return sync_; }

  const CheckRules& checks() const { return checks_; }  // what checks may find

  bool operator==(const Policy&) const = default;

 private:
  friend class PolicyReader;
  struct Architectures {
    std::vector<Platform> required;
    std::vector<Platform> optional;
    bool operator==(const Architectures&) const = default;
  };
  const Architectures& architectures_of(const Version& version) const;

  std::map<Version, std::vector<Tag>>
      versions_;  // with their special tags, in the order in which they are moved
  std::vector<std::string> sources_;
  std::map<Version, std::vector<std::string>> sources_by_version_;  // also of versions not in versions_
  Architectures architectures_;
  std::map<Version, Architectures> architectures_by_version_;
  bool utc_ = true;
  bool tmout_ = true;
  std::string compression_ = "gzip";
  std::vector<std::string> registries_;
  std::vector<RegistryProfile> registry_profiles_;
  std::map<std::string, ImageRules> images_;
  std::map<std::string, DescriptionRule> descriptions_;
  std::vector<BuilderRule> builders_;
  BuildRules build_;
  std::string repository_ = "openeuler/openeuler";
  SyncRules sync_;
  CheckRules checks_ = CheckRules::built_in();
};

}  // namespace eulerpublisher
