#include <algorithm>
#include <atomic>

#include "base/task_group.h"
#include "catalogue/build_plan.h"
#include "cli/application_view.h"
#include "cli/commands.h"
#include "cli/print_build_plan.h"
#include "cli/print_matrix.h"

namespace eulerpublisher::cli {
namespace {

using catalogue::BuildPlan;

constexpr size_t looks_at_once = 8;

// The bases that the plan does not build itself, each once.
std::vector<FoundBase> bases_to_find(const NamedCatalogue& named, const BuildPlan& plan,
                                     const Policy& policy) {
  std::set<std::string> made;
  for (const catalogue::TagMove& move : plan.moves) made.insert(move.name + ":" + move.tag.text());
  std::map<std::string, FoundBase> bases;
  for (const catalogue::Build& build : plan.builds)
    for (const catalogue::Base& base : build.bases) {
      auto own = catalogue::own_base(named.catalogue, policy, base.reference);
      if (!own || !base.resolved || made.contains(own->name + ":" + own->tag)) continue;
      bases.emplace(own->name + ":" + own->tag, FoundBase{own->name, own->tag, {}, {}, {}});
    }
  std::vector<FoundBase> list;
  for (auto& [name, base] : bases) list.push_back(std::move(base));
  return list;
}

// What a base is today.  That a registry does not answer is no error of a plan.
void find(FoundBase& base, const rollout::Shelf& shelf, std::stop_token stop) {
  auto look = [&]() -> Result<std::optional<Descriptor>> {
    auto repository = TRY(shelf.repository(base.name));
    return repository->find(TRY(Tag::parse(base.tag)), stop);
  };
  base.from = shelf.name;
  auto found = look();
  if (!found)
    base.problem = found.error().text();
  else if (*found)
    base.digest = (*found)->digest.text();
  else
    base.problem = fmt::format("{} does not have it", shelf.name);
}

Result<std::vector<FoundBase>> find_bases(const Session& session, const ApplicationView& view,
                                          const BuildPlan& plan) {
  std::vector<FoundBase> bases = bases_to_find(view.chosen().named, plan, session.policy);
  std::atomic<size_t> next{0};
  TaskGroup looks(session.stop);
  for (size_t i = 0; i < std::min(looks_at_once, bases.size()); ++i)
    looks.add([&](std::stop_token stop) -> Done {
      for (size_t at = next++; at < bases.size() && !stop.stop_requested(); at = next++)
        find(bases[at], view.bases_from(), stop);
      return {};
    });
  TRY(looks.wait());
  if (session.stop.stop_requested()) return cancelled("stopped");
  return bases;
}

}  // namespace

Result<ExitStatus> run_plan_meta(Session& session) {
  const Options& options = session.options;
  auto view = TRY(ApplicationView::open(session));
  const NamedCatalogue& named = view->chosen().named;
  BuildPlan plan = TRY(view->plan());
  if (!options.matrix.empty()) {
    print_document(matrix_of(plan, named.catalogue, options.matrix));
    return ExitStatus::done;
  }
  ShownPlan shown{named.catalogue, plan, space_of(options, named), view->chosen().unfit, {}, {}};
  shown.bases = TRY(find_bases(session, *view, plan));
  shown.standing = TRY(view->look(plan));
  if (options.json) print_document(to_json(shown));
  tell(session, describe(shown));
  return ExitStatus::done;
}

}  // namespace eulerpublisher::cli
