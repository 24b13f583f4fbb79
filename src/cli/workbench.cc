#include "cli/workbench.h"

#include "rollout/gate.h"

namespace eulerpublisher::cli {

Result<std::unique_ptr<Workbench>> Workbench::open(Session& session, Builds builds) {
  std::vector<BuilderRule> rules;
  if (builds == Builds::here)
    rules = TRY(build::choose_builders(session.options.builder, session.policy.builders()));
  ChosenEntries chosen = TRY(choose_entries(session));
  Store* store = TRY(session.parts.store());
  auto workshop = std::make_unique<build::Workshop>(TRY(build::Workshop::open(store->folder() / "building")));
  Shelves shelves = TRY(shelves_for(session.options, session.parts, chosen.named.catalogue.repositories));
  return std::make_unique<Workbench>(session, std::move(chosen), std::move(workshop), *store, rules,
                                     std::move(shelves));
}

Workbench::Workbench(Session& session, ChosenEntries chosen, std::unique_ptr<build::Workshop> workshop,
                     Store& store, const std::vector<BuilderRule>& rules, Shelves shelves)
    : session_(session),
      chosen_(std::move(chosen)),
      workshop_(std::move(workshop)),
      builders_(rules, session.options.jobs, *workshop_, store),
      bases_(one_by_one(std::move(shelves.from)), one_by_one(std::move(shelves.published))),
      parts_{{chosen_.named.catalogue, session.policy, bases_,
              [this](const Platform& platform) { return builders_.kind_for(platform); }},
             {builders_, store, bases_, session.parts.progress()},
             [this](const std::string& image) { return release_of(image); },
             [this](const catalogue::Build& build, const rollout::TagGroup& group) {
               return rollout::application_gate(parts_.recipe, build, group);
             },
             {}} {}

Result<catalogue::BuildPlan> Workbench::plan() const {
  return catalogue::make_build_plan(chosen_.named.catalogue, chosen_.entries, session_.policy);
}

// The program's parts belong to one thread at a time.
rollout::Shelf Workbench::one_by_one(rollout::Shelf shelf) {
  shelf.repository = [this, inner = std::move(shelf.repository)](const std::string& image) {
    auto alone = alone_.lock();
    return inner(image);
  };
  return shelf;
}

Result<ReleaseParts> Workbench::release_of(const std::string& image) {
  auto alone = alone_.lock();
  return session_.parts.release_parts(TRY(destinations_of_image(session_.options, session_.parts, image)),
                                      true);
}

}  // namespace eulerpublisher::cli
