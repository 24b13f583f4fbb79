#include <algorithm>
#include <map>

#include "check/checks.h"
#include "check/evidence.h"
#include "check/lines.h"
#include "inspect/interest.h"
#include "inspect/os_release.h"

namespace eulerpublisher {
namespace {

// One `[section]` of a file such as dnf.conf(5) tells of.
struct Section {
  std::string name;
  std::map<std::string, std::string, std::less<>> values;  // further lines of a value after a blank

  std::string_view get(std::string_view key) const {
    auto found = values.find(key);
    return found == values.end() ? std::string_view{} : std::string_view(found->second);
  }
};

std::vector<Section> sections_of(std::string_view text) {
  std::vector<Section> sections;
  std::string* last = nullptr;  // the value that an indented line goes on with
  for (std::string_view line : lines_of(text)) {
    std::string_view plain = trimmed(line);
    if (plain.empty() || plain.starts_with('#') || plain.starts_with(';')) continue;
    if (plain.starts_with('[') && plain.ends_with(']')) {
      sections.push_back({std::string(plain.substr(1, plain.size() - 2)), {}});
      last = nullptr;
    } else if ((line.starts_with(' ') || line.starts_with('\t')) && last) {
      last->append(" ").append(plain);
    } else if (size_t equals = plain.find('='); equals != plain.npos && !sections.empty()) {
      last = &sections.back().values[std::string(trimmed(plain.substr(0, equals)))];
      *last = trimmed(plain.substr(equals + 1));
    }
  }
  return sections;
}

bool is_on(std::string_view value) {
  return value == "1" || value == "true" || value == "True" || value == "yes" || value == "on";
}

// What the general configuration says of gpgcheck.
bool checked_in_general(const RootView& root) {
  for (const char* path : {"etc/dnf/dnf.conf", "etc/yum.conf"}) {
    const FileFact* file = root.find(path);
    if (!file || !file->content()) continue;
    for (const Section& section : sections_of(*file->content()))
      if (section.name == "main" && is_on(section.get("gpgcheck"))) return true;
  }
  return false;
}

std::vector<std::string_view> addresses_in(std::string_view value) {
  std::vector<std::string_view> addresses;
  while (!value.empty()) {
    size_t end = std::min(value.find_first_of(" \t,"), value.size());
    if (end > 0) addresses.push_back(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return addresses;
}

std::string_view host_of(std::string_view address) {
  size_t begin = address.find("://");
  if (begin == address.npos) return {};
  address.remove_prefix(begin + 3);
  address = address.substr(0, address.find('/'));
  address = address.substr(address.rfind('@') + 1);
  return address.substr(0, address.find(':'));
}

// The version that an address names, `…/openEuler-24.03-LTS-SP1/OS/…`, or nothing.
std::optional<Version> version_in(std::string_view address) {
  for (std::string_view part : fields_of(address, '/')) {
    if (!part.starts_with("openEuler-")) continue;
    if (auto version = Version::parse(part)) return *version;
  }
  return std::nullopt;
}

// The version a root file system says it is, if it says openEuler.
std::optional<Version> version_of(const RootView& root) {
  const FileFact* file = root.find("etc/os-release");
  if (!file || !file->content() || os_release_value(*file->content(), "ID") != "openEuler")
    return std::nullopt;
  auto text = os_release_value(*file->content(), "VERSION");
  auto version = text ? Version::parse(plain_version(*text)) : invalid("no VERSION");
  return version ? std::optional(*version) : std::nullopt;
}

// Looks at one repository of one file.
class Looker {
 public:
  Looker(const CheckedPlatform& one, const Subject& subject, Findings& findings)
      : one_(one),
        subject_(subject),
        findings_(findings),
        checked_(checked_in_general(*one.root)),
        version_(subject.expected.version ? subject.expected.version : version_of(*one.root)) {}

  void look(std::string_view file, const Section& section) {
    std::string_view checked = section.get("gpgcheck");
    auto report = [&](std::string text) {
      findings_.push_back({one_.platform.text(), fmt::format("/{} [{}]: {}", for_evidence(file),
                                                             for_evidence(section.name), std::move(text))});
    };
    if (checked.empty() ? !checked_ : !is_on(checked)) report("gpgcheck is not on");
    for (std::string_view key : {"baseurl", "mirrorlist", "metalink", "gpgkey"})
      for (std::string_view address : addresses_in(section.get(key))) {
        if (address.starts_with("http://") || address.starts_with("ftp://"))
          if (!subject_.rules.allows("repositories", host_of(address)))
            report(fmt::format("{} is not https: {}", key, for_evidence(address)));
        std::optional<Version> named = version_in(address);
        if (named && version_ && *named != *version_)
          report(fmt::format("{} is of {}, this is {}: {}", key, named->text(), version_->text(),
                             for_evidence(address)));
      }
  }

 private:
  const CheckedPlatform& one_;
  const Subject& subject_;
  Findings& findings_;
  bool checked_;
  std::optional<Version> version_;
};

bool is_repository_file(std::string_view path) {
  return folder_of(path) == "etc/yum.repos.d" && path.ends_with(".repo");
}

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  Looker looker(one, subject, findings);
  size_t there = 0;
  for (auto& [name, file] : one.root->files()) {
    if (!is_repository_file(name)) continue;
    const FileFact* target = one.root->find(name);
    if (!target || !target->content()) continue;
    for (const Section& section : sections_of(*target->content())) {
      looker.look(name, section);
      ++there;
    }
  }
  if (there == 0)
    findings.push_back({one.platform.text(), "there is no repository to install packages from"});
}

std::optional<std::string> needless(const Subject& subject) {
  if (subject.rules.of("repositories").required.value_or(false)) return std::nullopt;
  for (const CheckedPlatform& one : subject.image.platforms)
    for (auto& [name, file] : one.root->files())
      if (is_repository_file(name)) return std::nullopt;
  return "it has no repositories of packages (/etc/yum.repos.d)";
}

}  // namespace

Check repositories_check() {
  return {.name = "repositories",
          .reason = "what people install tomorrow must be signed, come by a safe way, and be of this version",
          .severity = Severity::warning,
          .needs = Needs::layers,
          .look = on_each_platform(look),
          .needless = needless};
}

}  // namespace eulerpublisher
