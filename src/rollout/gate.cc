#include "rollout/gate.h"

#include <algorithm>

#include "check/comparison.h"
#include "rpm/read_packages.h"

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

Gate application_gate(const RecipeParts& parts, const catalogue::Build& build, const TagGroup& group) {
  Expectation expected;
  expected.required = required_of(parts.policy, group);
  for (const EarnedTag& earned : group.tags) expected.names.push_back(earned.tag);
  std::vector<Check> checks = all_checks();
  if (!stands_on_ours(parts, build))
    std::erase_if(checks, [](const Check& check) { return check.name == "os-release"; });
  const CheckRules& rules = parts.policy.checks();
  return [expected, checks, &rules](RepositoryReader& reader, const Staged& staged,
                                    std::stop_token stop) -> Result<std::vector<CheckResult>> {
    CheckedImage image = TRY(eulerpublisher::read_image(reader, staged.image.raw_index().descriptor(),
                                                        staged.layers, Unread::read, stop, packages_of_root));
    Subject subject{reader, image, expected, rules};
    std::optional<Comparison> comparison;
    if (staged.previous) comparison = compare(*staged.previous, image);
    if (comparison) subject.comparison = &*comparison;
    subject.not_compared = staged.no_previous;
    return run_checks(checks, subject, stop);
  };
}

}  // namespace eulerpublisher::rollout
