#include "check/checks.h"
#include "check/evidence.h"
#include "image/annotations.h"

namespace eulerpublisher {
namespace {

std::string recipe_of(const Annotations& annotations) {
  auto found = annotations.find(std::string(annotation::recipe));
  return found == annotations.end() ? std::string() : found->second;
}

// What a person gets at `docker run`, as one text.
std::string behaviour_of(const Config& config) {
  auto list = [](const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
  };
  return fmt::format("Cmd [{}], Entrypoint [{}], user '{}'", list(config.cmd), list(config.entrypoint),
                     config.user);
}

void compare(const CheckedPlatform& first, const CheckedPlatform& other, Findings& findings) {
  auto differs = [&](std::string_view what, const std::string& here, const std::string& there) {
    if (here == there) return;
    findings.push_back(
        {other.platform.text(),
         fmt::format("its {} is {}, that of {} is {}", what, for_evidence(there.empty() ? "none" : there),
                     first.platform.text(), for_evidence(here.empty() ? "none" : here))});
  };
  differs("recipe", recipe_of(first.content->annotations), recipe_of(other.content->annotations));
  differs("configuration", behaviour_of(*first.config), behaviour_of(*other.config));
}

Result<Findings> look(const Subject& subject, std::stop_token) {
  Findings findings;
  const std::vector<CheckedPlatform>& platforms = subject.image.platforms;
  for (size_t i = 1; i < platforms.size(); ++i) compare(platforms.front(), platforms[i], findings);
  if (subject.image.index && !platforms.empty()) {
    std::string index = recipe_of((*subject.image.index)->annotations);
    std::string platform = recipe_of(platforms.front().content->annotations);
    if (index != platform)
      findings.push_back({"", fmt::format("the index was made by {}, its images by {}", for_evidence(index),
                                          for_evidence(platform))});
  }
  return findings;
}

std::optional<std::string> needless(const Subject& subject) {
  if (!subject.expected.version) return "no version is expected: its platforms may differ";
  return std::nullopt;
}

}  // namespace

Check creation_check() {
  return {.name = "creation",
          .reason = "an image that behaves otherwise on another architecture is two images under one name",
          .severity = Severity::blocker,
          .look = look,
          .needless = needless};
}

}  // namespace eulerpublisher
