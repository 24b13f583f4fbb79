#include "rollout/recipe.h"

#include <algorithm>

#include "build/identity.h"

namespace eulerpublisher::rollout {
namespace {

using catalogue::Base;
using catalogue::Build;

// Pins one platform's bases.
class PlatformReading {
 public:
  PlatformReading(const Build& build, const RecipeParts& parts, const BuildRules& rules, std::stop_token stop)
      : build_(build), parts_(parts), rules_(rules), stop_(std::move(stop)) {}

  Result<PlatformRecipe> read(const Platform& platform, const Digest& context, const std::string& text) {
    auto engine = parts_.engine_for(platform);
    if (!engine)
      return unsupported("no builder is given {}: add one in the policy, or name one with --builder",
                         platform.text());
    PlatformRecipe recipe{platform, {}, {}, {}, {}, *engine, context};
    for (const Base& base :
         parts_.catalogue.dockerfiles.at(build_.file).every_base(platform, rules_.arguments))
      TRY(take(base, recipe));
    recipe.dockerfile = TRY(build::pin_bases(text, pins_).within("{}", build_.file));
    std::map<std::string, Digest> bases;
    for (const PinnedBase& base : recipe.bases) bases.emplace(base.name, base.digest);
    recipe.identity = build::identity_of({context, text, rules_.arguments, bases, *engine, platform});
    return recipe;
  }

 private:
  Done take(const Base& base, PlatformRecipe& recipe) {
    if (!base.resolved)
      return invalid("{}:{}: the base '{}' has an argument without a value: give it one in the policy",
                     build_.file, base.line, base.reference);
    if (base.is_root) recipe.root = base.reference;
    auto own = catalogue::own_base(parts_.catalogue, parts_.policy, base.reference);
    if (!own) return {};
    PinnedBase pinned = TRY(parts_.bases.find(parts_.catalogue.repositories, own->name, own->tag, stop_));
    pins_.push_back({base.line, base.is_start, base.reference, pinned.reference});
    if (base.is_root) recipe.root_digest = pinned.digest;
    if (std::ranges::find(recipe.bases, pinned.name, &PinnedBase::name) == recipe.bases.end())
      recipe.bases.push_back(std::move(pinned));
    return {};
  }

  const Build& build_;
  const RecipeParts& parts_;
  const BuildRules& rules_;
  std::stop_token stop_;
  std::vector<build::Pin> pins_;
};

}  // namespace

Digest ImageRecipe::identity(const std::vector<Platform>& of) const {
  std::map<Platform, Digest> identities;
  for (const Platform& platform : of) identities.emplace(platform, platforms.at(platform).identity);
  return build::identity_of(identities);
}

std::map<std::string, Digest> ImageRecipe::bases(const std::vector<Platform>& of) const {
  std::map<std::string, Digest> all;
  for (const Platform& platform : of)
    for (const PinnedBase& base : platforms.at(platform).bases) all.emplace(base.name, base.digest);
  return all;
}

Result<ImageRecipe> make_recipe(const Build& build, const RecipeParts& parts, std::stop_token stop) {
  if (build.distroless)
    return unsupported("{} is a Distrofile, which is put together from packages: no engine builds it",
                       build.file);
  std::string text = TRY(parts.catalogue.tree.text(build.file));
  std::string name = parts.catalogue.image(build.entries.front()).name;
  ImageRecipe recipe{
      build.id, parts.catalogue.tree.root() / build.context, parts.policy.build_rules_of(name), {}};
  Digest context = TRY(build::hash_context(recipe.context));
  for (const Platform& platform : build.platforms)
    recipe.platforms.emplace(
        platform, TRY(PlatformReading(build, parts, recipe.rules, stop).read(platform, context, text)));
  return recipe;
}

}  // namespace eulerpublisher::rollout
