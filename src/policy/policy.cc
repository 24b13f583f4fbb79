#include "policy/policy.h"

#include <algorithm>
#include <initializer_list>

#include "policy/policy_reader.h"

namespace eulerpublisher {
namespace {

// Text of this file, which is known to be right.
Version version(const char* text) { return *Version::parse(text); }
Tag tag(const char* text) { return *Tag::parse(text); }
Platform platform(const char* text) { return *Platform::parse(text); }

}  // namespace

// The table of oEEP-0005, "命名、标签规则".  Two slips of the pen in it are put right by the table's own
// rules: it gives 21.09 the tag `21.03`, and 20.03-LTS-SP3 the address of SP2.  Here a version's own tag is
// its name in lower case and its address follows the version, so neither stands in a table.
Policy Policy::built_in() {
  Policy policy;
  for (const char* name : {"20.03-LTS", "20.03-LTS-SP1", "20.03-LTS-SP2", "20.03-LTS-SP3", "20.09", "21.03",
                           "21.09", "22.03-LTS", "22.03-LTS-SP1", "22.03-LTS-SP2", "22.09", "23.03"})
    policy.versions_[version(name)];
  policy.versions_[version("20.03-LTS-SP3")] = {tag("20.03")};
  policy.versions_[version("22.03-LTS-SP1")] = {tag("22.03"), tag("latest")};

  policy.sources_ = {"https://repo.openeuler.org"};
  // Moved to the archives host.  The oEEP still has 22.09 at the first address, so that is asked too.
  for (const char* name : {"20.09", "21.03", "21.09", "22.09"})
    policy.sources_by_version_[version(name)] = {"https://archives.openeuler.openatom.cn",
                                                 "https://repo.openeuler.org"};
  policy.architectures_.required = {platform("amd64"), platform("arm64")};
  policy.architectures_.optional = {platform("loong64")};
  policy.registries_ = {"docker.io"};
  return policy;
}

Result<Policy> Policy::parse(std::string_view yaml, const std::string& name) {
  YamlDocument document = TRY(YamlDocument::parse(yaml, name));
  return PolicyReader(document).read();
}

std::vector<Version> Policy::versions() const {
  std::vector<Version> versions;
  for (const auto& [version, special] : versions_) versions.push_back(version);
  return versions;
}

Result<std::vector<EarnedTag>> Policy::tags_of(const Version& version) const {
  auto stands_for = version_of(version.tag());
  if (stands_for && *stands_for != version)
    return invalid("{} is no version but the special tag of {}: say {}", version.text(), stands_for->text(),
                   stands_for->text());
  std::string own = fmt::format("the own tag of {}", version.text());
  auto known = versions_.find(version);
  if (known == versions_.end()) own += ", which is not in the policy: no special tags";
  std::vector<EarnedTag> tags{{version.tag(), false, own}};
  if (known == versions_.end()) return tags;
  for (const Tag& special : known->second) {
    std::string because =
        fmt::format("the policy gives {} the special tag {}", version.text(), special.text());
    if (special.text() == "latest")
      because = fmt::format("the policy recommends {} as the newest", version.text());
    else if (special.text() == version.series())
      because = fmt::format("the policy recommends {} of the series {}", version.text(), version.series());
    tags.push_back({special, true, because});
  }
  return tags;
}

EarnedTag Policy::dated_tag(const Version& version, const std::string& date) {
  std::string digits = date;
  std::erase(digits, '-');
  return {tag(fmt::format("{}-{}", version.tag().text(), digits).c_str()), false,
          fmt::format("the policy gives the update of {} a tag of its own", date), true};
}

std::optional<Version> Policy::version_of(const Tag& special) const {
  for (const auto& [version, tags] : versions_)
    for (const Tag& tag : tags)
      if (tag == special) return version;
  return std::nullopt;
}

const std::vector<std::string>& Policy::sources_of(const Version& version) const {
  auto own = sources_by_version_.find(version);
  return own == sources_by_version_.end() ? sources_ : own->second;
}

std::vector<std::string> Policy::all_sources() const {
  std::vector<std::string> all = sources_;
  for (const auto& [version, sources] : sources_by_version_)
    for (const std::string& source : sources)
      if (std::ranges::find(all, source) == all.end()) all.push_back(source);
  return all;
}

const Policy::Architectures& Policy::architectures_of(const Version& version) const {
  auto own = architectures_by_version_.find(version);
  return own == architectures_by_version_.end() ? architectures_ : own->second;
}

const std::vector<Platform>& Policy::required_platforms(const Version& version) const {
  return architectures_of(version).required;
}

const std::vector<Platform>& Policy::optional_platforms(const Version& version) const {
  return architectures_of(version).optional;
}

BuildRules Policy::build_rules_of(const std::string& image) const {
  auto found = images_.find(image);
  if (found == images_.end()) return build_;
  BuildRules rules = found->second.build;
  rules.arguments.insert(build_.arguments.begin(), build_.arguments.end());
  if (!rules.time_limit) rules.time_limit = build_.time_limit;
  if (rules.network.empty()) rules.network = build_.network;
  return rules;
}

}  // namespace eulerpublisher
