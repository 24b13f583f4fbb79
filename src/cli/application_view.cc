#include "cli/application_view.h"

#include "build/builders.h"

namespace eulerpublisher::cli {

Result<std::unique_ptr<ApplicationView>> ApplicationView::open(Session& session) {
  auto rules = build::choose_builders(session.options.builder, session.policy.builders());
  // Looking wants none installed.
  if (!rules && rules.error().kind() != ErrorKind::not_found) return std::move(rules).error();
  ChosenEntries chosen = TRY(choose_entries(session));
  Shelves shelves = TRY(shelves_for(session.options, session.parts, chosen.named.catalogue.repositories));
  return std::make_unique<ApplicationView>(session, std::move(chosen), std::move(shelves),
                                           rules ? std::move(*rules) : std::vector<BuilderRule>{});
}

ApplicationView::ApplicationView(Session& session, ChosenEntries chosen, Shelves shelves,
                                 std::vector<BuilderRule> rules)
    : session_(session),
      chosen_(std::move(chosen)),
      rules_(std::move(rules)),
      from_(one_by_one(std::move(shelves.from))),
      bases_(from_, one_by_one(std::move(shelves.published))) {}

// The program's parts belong to one thread at a time.
rollout::Shelf ApplicationView::one_by_one(rollout::Shelf shelf) {
  shelf.repository = [this, inner = std::move(shelf.repository)](const std::string& image) {
    auto alone = alone_.lock();
    return inner(image);
  };
  return shelf;
}

Result<catalogue::BuildPlan> ApplicationView::plan() const {
  return catalogue::make_build_plan(chosen_.named.catalogue, chosen_.entries, session_.policy);
}

Result<std::vector<rollout::TagStatus>> ApplicationView::look(const catalogue::BuildPlan& plan) {
  rollout::RecipeParts recipe{chosen_.named.catalogue, session_.policy, bases_,
                              [this](const Platform& platform) { return build::kind_for(rules_, platform); }};
  rollout::StatusParts parts{recipe, {}, session_.options.allow_older, [this](const std::string& image) {
                               auto alone = alone_.lock();
                               return destinations_of_image(session_.options, session_.parts, image);
                             }};
  if (rules_.empty()) parts.engines = build::all_kinds();
  return rollout::look_at_status(plan, parts, session_.stop);
}

}  // namespace eulerpublisher::cli
