#include "catalogue/build_plan.h"

#include <algorithm>

#include "oci/digest.h"

namespace eulerpublisher::catalogue {
namespace {

class Planner {
 public:
  Planner(const Catalogue& catalogue, const Policy& policy)
      : catalogue_(catalogue), policy_(policy), graph_(catalogue, policy) {}

  Result<BuildPlan> plan(const std::set<EntryId>& chosen) {
    std::set<EntryId> publishable;
    std::ranges::copy_if(chosen, std::inserter(publishable, publishable.end()),
                         [&](EntryId id) { return catalogue_.entry(id).publishable; });
    TRY(refuse_circles(publishable));
    for (EntryId id : graph_.in_order(publishable)) add(id);
    for (const auto& [id, build] : build_of_) join_needs(id, build);
    for (Build& build : plan_.builds) std::ranges::sort(build.entries);
    name_builds();
    move_own_tags();
    move_latest();
    return std::move(plan_);
  }

 private:
  Done refuse_circles(const std::set<EntryId>& chosen) {
    for (const std::vector<EntryId>& circle : graph_.circles()) {
      bool ours = std::ranges::all_of(circle, [&](EntryId id) { return chosen.contains(id); });
      if (!ours) continue;
      std::vector<std::string> names;
      for (EntryId id : circle) names.push_back(catalogue_.name(id));
      names.push_back(names.front());
      return invalid(
          "these images build on each other in a circle: {}; let one of them build on another base",
          fmt::join(names, " -> "));
    }
    return {};
  }

  void add(EntryId id) {
    const Entry& entry = catalogue_.entry(id);
    auto [known, is_new] = by_file_.emplace(entry.file, plan_.builds.size());
    if (is_new) {
      Build build;
      build.file = entry.file;
      build.context = entry.context();
      build.distroless = entry.distroless;
      plan_.builds.push_back(std::move(build));
    }
    Build& build = plan_.builds[known->second];
    build.entries.push_back(id);
    build_of_[id] = known->second;
    for (const Platform& platform : entry.platforms)
      if (std::ranges::find(build.platforms, platform) == build.platforms.end())
        build.platforms.push_back(platform);
    for (Base& base : bases_of(catalogue_, id))
      if (std::ranges::find(build.bases, base) == build.bases.end()) build.bases.push_back(std::move(base));
  }

  void join_needs(EntryId id, size_t at) {
    std::vector<size_t>& needs = plan_.builds[at].needs;
    for (EntryId base : graph_.needs(id)) {
      auto found = build_of_.find(base);
      if (found != build_of_.end() && std::ranges::find(needs, found->second) == needs.end())
        needs.push_back(found->second);
    }
    std::ranges::sort(needs);
  }

  // By the first tag of its file in the whole catalogue, chosen or not: the name is the same in every plan.
  void name_builds() {
    std::map<std::string, EntryId> first;
    std::map<std::string, std::set<std::string>> files;  // that would get one name: `a_b` + `c`, `a` + `b_c`
    for (EntryId id : catalogue_.all_entries()) {
      const Entry& entry = catalogue_.entry(id);
      if (entry.publishable && first.emplace(entry.file, id).second) files[plain_id(id)].insert(entry.file);
    }
    for (Build& build : plan_.builds) {
      build.id = plain_id(first.at(build.file));
      if (files[build.id].size() > 1)
        build.id += fmt::format("_{}", digest_of(build.file).hex().substr(0, 8));
    }
  }

  std::string plain_id(EntryId id) const {
    return catalogue_.image(id).name + "_" + catalogue_.entry(id).tag;
  }

  void move_own_tags() {
    std::set<std::string> moved;  // one name in two scenes may name one file twice
    for (size_t at = 0; at < plan_.builds.size(); ++at)
      for (EntryId id : plan_.builds[at].entries)
        if (moved.insert(catalogue_.name(id)).second)
          move(id, catalogue_.entry(id).tag, "its meta.yml says so");
  }

  void move(EntryId id, const std::string& tag, std::string because) {
    plan_.moves.push_back({catalogue_.image(id).name, *Tag::parse(tag), build_of_.at(id),
                           catalogue_.entry(id).platforms, std::move(because)});
  }

  void move_latest() {
    for (const auto& [id, at] : build_of_) {
      const std::string& name = catalogue_.image(id).name;
      auto [known, is_new] = plan_.latest.try_emplace(name);
      if (is_new) known->second = choose_latest(catalogue_, policy_, name);
    }
    for (const auto& [name, latest] : plan_.latest) {
      if (!latest.winner)
        plan_.latest_stays[name] = latest.because;
      else if (!build_of_.contains(*latest.winner))
        plan_.latest_stays[name] = fmt::format("it belongs to {}, which is not published here",
                                               catalogue_.entry(*latest.winner).tag);
      else
        move(*latest.winner, "latest",
             fmt::format("of {} because {}", catalogue_.entry(*latest.winner).tag, latest.because));
    }
  }

  const Catalogue& catalogue_;
  const Policy& policy_;
  BuildGraph graph_;
  BuildPlan plan_;
  std::map<std::string, size_t> by_file_;
  std::map<EntryId, size_t> build_of_;
};

}  // namespace

Result<BuildPlan> make_build_plan(const Catalogue& catalogue, const std::set<EntryId>& chosen,
                                  const Policy& policy) {
  return Planner(catalogue, policy).plan(chosen);
}

}  // namespace eulerpublisher::catalogue
