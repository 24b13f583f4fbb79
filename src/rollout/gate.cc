#include "rollout/gate.h"

#include <algorithm>

namespace eulerpublisher::rollout {
namespace {

bool stands_on_ours(const RecipeParts& parts, const catalogue::Build& build) {
  return std::ranges::any_of(build.bases, [&](const catalogue::Base& base) {
    return base.is_root && catalogue::own_base(parts.catalogue, parts.policy, base.reference);
  });
}

std::vector<Platform> required_of(const Policy& policy, const TagGroup& group) {
  std::vector<Platform> required = group.platforms;
  auto rules = policy.images().find(group.name);
  if (rules != policy.images().end())
    std::erase_if(required, [&](const Platform& platform) {
      return std::ranges::any_of(rules->second.optional,
                                 [&](const Platform& other) { return same_machine(other, platform); });
    });
  return required;
}

}  // namespace

ApplicationChecks application_checks(const RecipeParts& parts, const catalogue::Build& build,
                                     const TagGroup& group) {
  ApplicationChecks look{{}, all_checks(), parts.policy.checks()};
  look.expected.required = required_of(parts.policy, group);
  for (const EarnedTag& earned : group.tags) look.expected.names.push_back(earned.tag);
  if (!stands_on_ours(parts, build))
    std::erase_if(look.checks, [](const Check& check) { return check.name == "os-release"; });
  // An application may bring its own in place of what a package has installed.
  CheckRule rpm = look.rules.of("rpm");
  if (!rpm.severity) rpm.severity = Severity::warning;
  look.rules.set("rpm", std::move(rpm));
  return look;
}

}  // namespace eulerpublisher::rollout
