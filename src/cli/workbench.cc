#include "cli/workbench.h"

#include "cli/trial_settings.h"
#include "rollout/gate.h"

namespace eulerpublisher::cli {

Result<std::unique_ptr<Workbench>> Workbench::open(Session& session, Builds builds) {
  std::vector<BuilderRule> rules;
  if (builds == Builds::here)
    rules = TRY(build::choose_builders(session.options.builder, session.policy.builders()));
  // What is wrong with them is said before anything is done.
  TRY(trial_terms(session.options, "image", "tag", {"."}));
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
      seats_(std::make_shared<std::counting_semaphore<>>(session.options.jobs)),
      builders_(rules, session.options.jobs, *workshop_, store),
      bases_(one_by_one(std::move(shelves.from)), one_by_one(std::move(shelves.published))),
      parts_{{chosen_.named.catalogue, session.policy, bases_,
              [this](const Platform& platform) { return builders_.kind_for(platform); }},
             {builders_, store, bases_, session.parts.progress()},
             [this](const std::string& image) { return release_of(image); },
             [this](const catalogue::Build& build, const rollout::TagGroup& group) {
               return gate_of(build, group);
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

// By the checks that run nothing and those that run it, the script of the image's own folder among them. What
// the options say of these was looked at by open(); a script may go meanwhile: then no tag moves.
Gate Workbench::gate_of(const catalogue::Build& build, const rollout::TagGroup& group) const {
  rollout::ApplicationChecks look = rollout::application_checks(parts_.recipe, build, group);
  const catalogue::Catalogue& catalogue = chosen_.named.catalogue;
  std::vector<std::filesystem::path> folders;
  for (catalogue::EntryId entry : build.entries)
    if (catalogue.image(entry).name == group.name)
      folders.push_back(catalogue.tree.root() / catalogue.image(entry).folder);
  folders.push_back(catalogue.tree.root() / "tests");
  auto trials = trial_terms(session_.options, group.name, group.own_tag, folders);
  if (!trials) return failing_gate(std::move(trials).error());
  return make_gate(
      {std::move(look.expected), std::move(look.checks), std::move(look.rules), std::move(*trials), seats_});
}

}  // namespace eulerpublisher::cli
