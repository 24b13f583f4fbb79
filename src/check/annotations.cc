#include "image/annotations.h"

#include <array>

#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

constexpr std::array wanted{annotation::title,    annotation::version,  annotation::created,
                            annotation::source,   annotation::url,      annotation::vendor,
                            annotation::licenses, annotation::ref_name, annotation::recipe};

const std::string* value_of(const Annotations& annotations, std::string_view key) {
  auto found = annotations.find(std::string(key));
  return found == annotations.end() || found->second.empty() ? nullptr : &found->second;
}

void look_at(const std::string& where, const Annotations& annotations, const Version& version,
             Findings& findings) {
  for (std::string_view key : wanted)
    if (!value_of(annotations, key)) findings.push_back({where, fmt::format("{} is missing", key)});
  const std::string* named = value_of(annotations, annotation::version);
  if (named && *named != version.text())
    findings.push_back(
        {where, fmt::format("{} is {}, not {}", annotation::version, for_evidence(*named), version.text())});
}

// What a platform is made of stands on its manifest and on the index, and says the same.
void look_at_archive(const CheckedPlatform& one, const Annotations& index, Findings& findings) {
  for (std::string_view key : {annotation::archive_url, annotation::archive_sha256}) {
    std::string of_platform = annotation::per_platform(key, one.platform);
    const std::string* here = value_of(one.content->annotations, key);
    const std::string* there = value_of(index, of_platform);
    if (!here) findings.push_back({one.platform.text(), fmt::format("{} is missing", key)});
    if (!there) findings.push_back({"", fmt::format("{} is missing", of_platform)});
    if (here && there && *here != *there)
      findings.push_back({one.platform.text(), fmt::format("{} is {}, the index says {}", key,
                                                           for_evidence(*here), for_evidence(*there))});
  }
}

Result<Findings> look(const Subject& subject, std::stop_token) {
  Findings findings;
  const Version& version = *subject.expected.version;
  if (!subject.image.index)
    return Findings{{"", "it is no index: there is nothing that says what it is made of"}};
  const Annotations& index = (*subject.image.index)->annotations;
  look_at("", index, version, findings);
  for (const CheckedPlatform& one : subject.image.platforms) {
    look_at(one.platform.text(), one.content->annotations, version, findings);
    look_at_archive(one, index, findings);
  }
  return findings;
}

std::optional<std::string> needless(const Subject& subject) {
  if (!subject.expected.version) return "no version is expected";
  return std::nullopt;
}

}  // namespace

Check annotations_check() {
  return {.name = "annotations",
          .reason = "what an image is and what it was made of must be readable without pulling it",
          .severity = Severity::blocker,
          .look = look,
          .needless = needless};
}

}  // namespace eulerpublisher
