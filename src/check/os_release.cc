#include "inspect/os_release.h"

#include "check/checks.h"
#include "check/evidence.h"
#include "policy/tag_parts.h"

namespace eulerpublisher {
namespace {

const std::string* content_of(const CheckedPlatform& one) {
  for (const char* path : {"etc/os-release", "usr/lib/os-release"}) {
    const FileFact* file = one.root->find(path);
    if (file && file->content()) return file->content();
  }
  return nullptr;
}

// What `os_release` says against a version.
void compare(const std::string& os_release, const Version& expected, const std::string& where,
             Findings& findings) {
  auto expect = [&](std::string_view key, const std::string& wanted, auto&& spelled) {
    auto value = os_release_value(os_release, key);
    if (!value) {
      findings.push_back({where, fmt::format("etc/os-release says no {}", key)});
    } else if (spelled(*value) != wanted) {
      findings.push_back({where, fmt::format("etc/os-release says {}=\"{}\", which is not {}", key,
                                             for_evidence(*value), wanted)});
    }
  };
  auto as_it_stands = [](const std::string& value) { return value; };
  expect("ID", "openEuler", as_it_stands);
  expect("VERSION", expected.text(), plain_version);
  expect("VERSION_ID", expected.series(), as_it_stands);
}

// What a tag promises of openEuler: `24.03-lts-sp1`, or of an application's `8.0-oe2403sp1`.
struct Promise {
  Version version;
  bool by_name = false;  // it names openEuler, so that no other system can be meant
};

std::optional<Promise> promise_of(const Tag& tag) {
  if (auto version = Version::parse(tag.text())) return Promise{*version};
  TagParts parts = split_tag(tag.text());
  if (!parts.openeuler) return std::nullopt;
  return Promise{*parts.openeuler, parts.marked};
}

// A tag that spells a version, or a series, of openEuler must be right about it; others promise nothing.
void compare_with_tags(const std::string& os_release, const std::vector<Tag>& tags, const std::string& where,
                       Findings& findings) {
  std::string id = os_release_value(os_release, "ID").value_or("");
  std::string text = os_release_value(os_release, "VERSION").value_or("");
  bool ours = id == "openEuler";
  auto version = Version::parse(plain_version(text));
  for (const Tag& tag : tags) {
    auto promise = promise_of(tag);
    if (!promise) continue;
    std::string wanted = promise->version.text();
    if (!ours && promise->by_name) {
      findings.push_back(
          {where, fmt::format("etc/os-release says ID=\"{}\", the tag {} promises openEuler {}",
                              for_evidence(id), tag.text(), wanted)});
    } else if (ours && version && promise->version != *version && wanted != version->series()) {
      findings.push_back({where, fmt::format("etc/os-release says VERSION=\"{}\", the tag {} promises {}",
                                             for_evidence(text), tag.text(), wanted)});
    }
  }
}

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  std::string where = one.platform.text();
  const std::string* os_release = content_of(one);
  if (!os_release) {
    findings.push_back({where, "has no etc/os-release"});
    return;
  }
  if (subject.expected.version) compare(*os_release, *subject.expected.version, where, findings);
  compare_with_tags(*os_release, subject.expected.names, where, findings);
}

std::optional<std::string> needless(const Subject& subject) {
  if (subject.expected.version) return std::nullopt;
  for (const CheckedPlatform& one : subject.image.platforms)
    if (content_of(one)) return std::nullopt;
  return "it has no etc/os-release, and no version is expected";
}

}  // namespace

Check os_release_check() {
  return {.name = "os-release",
          .reason = "what is tagged as a version must say that it is this version",
          .severity = Severity::blocker,
          .needs = Needs::layers,
          .look = on_each_platform(look),
          .needless = needless};
}

}  // namespace eulerpublisher
