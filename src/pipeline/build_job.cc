#include "pipeline/build_job.h"

#include <algorithm>
#include <set>

#include "image/annotations.h"
#include "release/staging.h"
#include "rollout/lent_image.h"
#include "rollout/looked_layers.h"
#include "rollout/make_image.h"

namespace eulerpublisher::pipeline {
namespace {

using catalogue::Build;
using catalogue::BuildPlan;
using rollout::MadePlatform;
using rollout::TagGroup;

const JobResult* result_for(const std::vector<JobResult>& results, const std::string& build,
                            const Platform& platform) {
  auto found = std::ranges::find_if(
      results, [&](const JobResult& result) { return result.build == build && result.platform == platform; });
  return found == results.end() ? nullptr : &*found;
}

// A build as one job sees it: of one platform.
Build only_for(const Build& build, const Platform& platform) {
  Build one = build;
  one.platforms = {platform};
  std::erase_if(one.bases, [&](const catalogue::Base& base) { return base.for_platform != platform; });
  return one;
}

class JobRun {
 public:
  JobRun(const BuildPlan& plan, const catalogue::Job& job, const std::vector<JobResult>& results,
         const rollout::MakeTerms& terms, const rollout::RolloutParts& parts, std::stop_token stop)
      : plan_(plan),
        job_(job),
        results_(results),
        terms_(terms),
        parts_(parts),
        build_(only_for(plan.builds[job.build], job.platform)),
        stop_(std::move(stop)) {}

  Result<JobEnd> run() {
    for (size_t base : build_.needs) TRY(take_base(base));
    rollout::ImageRecipe recipe = TRY(rollout::make_recipe(build_, parts_.recipe, stop_));
    const rollout::PlatformRecipe& own = recipe.platforms.at(job_.platform);
    std::optional<MadePlatform> made;
    if (!terms_.rebuild) made = TRY(already_there(own));
    if (!made) {
      auto provenance = TRY(rollout::provenance_of(build_, parts_.recipe.catalogue, stop_));
      made = TRY(rollout::make_platform(recipe, job_.platform, provenance, terms_, parts_.make, stop_));
    }
    JobResult result{job_.id,    build_.id, job_.platform,  made->image.manifest.digest(), own.identity,
                     own.engine, {},        made->was_built};
    CompleteImage image = rollout::assemble({std::move(*made)});
    for (const std::string& name : names()) TRY(put(image, name, result));
    JobEnd end{std::move(result), {}};
    if (end.result.was_built) end.checks = TRY(look_at(image));
    return end;
  }

 private:
  // The names of images that it is published under.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const TagGroup& group : rollout::groups_of(plan_, job_.build))
      if (std::ranges::find(names, group.name) == names.end()) names.push_back(group.name);
    return names;
  }

  bool is_optional(const std::string& name, const Platform& platform) const {
    auto rules = parts_.recipe.policy.images().find(name);
    return rules != parts_.recipe.policy.images().end() &&
           std::ranges::find(rules->second.optional, platform) != rules->second.optional.end();
  }

  // Makes the index of a base from the results of its platforms: everybody makes the same of them, and from
  // here on FROM means it.
  Done take_base(size_t base) {
    const Build& build = plan_.builds[base];
    if (build.distroless) return {};
    for (const TagGroup& group : rollout::groups_of(plan_, base)) {
      ReleaseParts release = TRY(parts_.release(group.name));
      std::shared_ptr<Repository> first = release.destinations.front().repository;
      std::vector<MadePlatform> platforms;
      for (const Platform& platform : group.platforms) {
        const JobResult* result = result_for(results_, build.id, platform);
        if (!result && is_optional(group.name, platform)) continue;
        if (!result)
          return not_found("{} is built on {}, and there is no result of it for {}: hand it over with --with",
                           job_.id, build.id, platform.text());
        platforms.push_back(TRY(rollout::read_platform(first, result->manifest, stop_)));
      }
      if (platforms.empty()) return not_found("there is no result of {}", build.id);
      CompleteImage image = rollout::assemble(std::move(platforms));
      TRY(first->put_manifest(image.raw_index(), stop_));
      for (const EarnedTag& tag : group.tags)
        parts_.recipe.bases.published(group.name, tag.tag.text(), image.index.digest());
    }
    return {};
  }

  // What the first destination holds of this very recipe, under one of the image's tags.
  Result<std::optional<MadePlatform>> already_there(const rollout::PlatformRecipe& own) {
    for (const TagGroup& group : rollout::groups_of(plan_, job_.build)) {
      std::shared_ptr<RepositoryReader> repository =
          TRY(parts_.release(group.name)).destinations.front().repository;
      for (const EarnedTag& tag : group.tags) {
        auto named = TRY(repository->find(tag.tag, stop_));
        if (!named) continue;
        RawManifest raw = TRY(repository->manifest(named->digest, stop_));
        auto index = Document<Index>::parse(raw.bytes);
        if (!index) continue;
        for (const Descriptor& entry : (*index)->manifests) {
          if (!entry.platform || !same_machine(*entry.platform, job_.platform)) continue;
          MadePlatform there = TRY(rollout::read_platform(repository, entry.digest, stop_));
          const Annotations& annotations = there.image.manifest->annotations;
          auto identity = annotations.find(std::string(annotation::identity));
          if (identity != annotations.end() && identity->second == own.identity.text()) return there;
        }
      }
    }
    return std::nullopt;
  }

  Done put(const CompleteImage& image, const std::string& name, JobResult& result) {
    ReleaseParts release = TRY(parts_.release(name));
    std::vector<std::string> registries;
    for (const Destination& destination : release.destinations) registries.push_back(destination.name);
    Staging staging(std::move(release.destinations), release.progress, stop_);
    for (StageOutcome& outcome : staging.complete(image))
      if (outcome.failed) return std::move(*outcome.failed);
    result.registries = std::move(registries);
    return {};
  }

  // Here where it was built, for no other machine of the pipeline may be able to run it.
  Result<std::vector<CheckResult>> look_at(CompleteImage& image) {
    std::vector<CheckResult> all;
    if (!parts_.gate) return all;
    rollout::LookedLayers looked;
    TRY(looked.look(image, {}, stop_));
    std::set<std::string> done;
    for (TagGroup group : rollout::groups_of(plan_, job_.build)) {
      if (!done.insert(group.name).second) continue;
      group.platforms = {job_.platform};
      Gate gate = parts_.gate(build_, group);
      ReleaseParts release = TRY(parts_.release(group.name));
      RepositoryReader& first = *release.destinations.front().repository;
      std::ranges::move(TRY(gate(first, Staged{image, image.inspected}, stop_)), std::back_inserter(all));
    }
    return all;
  }

  const BuildPlan& plan_;
  const catalogue::Job& job_;
  const std::vector<JobResult>& results_;
  const rollout::MakeTerms& terms_;
  const rollout::RolloutParts& parts_;
  const Build build_;
  std::stop_token stop_;
};

}  // namespace

Result<JobEnd> build_job(const BuildPlan& plan, const catalogue::Job& job,
                         const std::vector<JobResult>& results, const rollout::MakeTerms& terms,
                         const rollout::RolloutParts& parts, std::stop_token stop) {
  return JobRun(plan, job, results, terms, parts, std::move(stop)).run();
}

MadeByJobs::MadeByJobs(const std::vector<JobResult>& results, const rollout::RolloutParts& parts)
    : parts_(parts) {
  for (const JobResult& result : results) results_.insert_or_assign({result.build, result.platform}, result);
}

Result<MadePlatform> MadeByJobs::platform(const std::string& build, const std::string& image,
                                          const rollout::PlatformRecipe& recipe, std::stop_token stop) const {
  auto found = results_.find({build, recipe.platform});
  if (found == results_.end())
    return not_found("there is no result of a job for {} of {}", recipe.platform.text(), build);
  const JobResult& result = found->second;
  if (result.identity != recipe.identity)
    return conflict(
        "{} was made from something else than the catalogue and its bases are now: build it again",
        result.job);
  ReleaseParts release = TRY(parts_.release(image));
  return rollout::read_platform(release.destinations.front().repository, result.manifest, stop);
}

std::optional<std::string> MadeByJobs::engine_for(const Platform& platform) const {
  for (const auto& [key, result] : results_)
    if (key.second == platform) return result.engine;
  return std::nullopt;
}

}  // namespace eulerpublisher::pipeline
