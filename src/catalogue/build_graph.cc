#include "catalogue/build_graph.h"

#include <algorithm>

#include "catalogue/latest.h"

namespace eulerpublisher::catalogue {

std::optional<OwnBase> own_base(const Catalogue& catalogue, const Policy& policy,
                                const std::string& reference) {
  std::string_view rest = reference;
  for (std::string_view host : {"docker.io/", "index.docker.io/", "registry-1.docker.io/"})
    if (rest.starts_with(host)) rest.remove_prefix(host.size());
  std::string ours = catalogue.repositories + "/";
  if (!rest.starts_with(ours) || rest.find('@') != rest.npos) return std::nullopt;
  rest.remove_prefix(ours.size());
  if (rest.find('/') != rest.npos) return std::nullopt;
  size_t colon = rest.find(':');
  OwnBase base{std::string(rest.substr(0, colon)), "latest", std::nullopt};
  if (colon != rest.npos) base.tag = rest.substr(colon + 1);
  if (base.tag == "latest")
    base.entry = choose_latest(catalogue, policy, base.name).winner;
  else
    base.entry = catalogue.find(base.name, base.tag);
  return base;
}

std::vector<Base> bases_of(const Catalogue& catalogue, EntryId id) {
  const Entry& entry = catalogue.entry(id);
  auto dockerfile = catalogue.dockerfiles.find(entry.file);
  if (dockerfile == catalogue.dockerfiles.end()) return {};
  std::vector<Base> bases;
  for (const Platform& platform : entry.platforms)
    std::ranges::move(dockerfile->second.bases(platform), std::back_inserter(bases));
  return bases;
}

BuildGraph::BuildGraph(const Catalogue& catalogue, const Policy& policy) {
  // Entries of one file are built together, so each needs what any of them needs.
  std::map<std::string, std::vector<EntryId>> by_file;
  for (EntryId id : catalogue.all_entries())
    if (!catalogue.entry(id).file.empty()) by_file[catalogue.entry(id).file].push_back(id);
  for (const auto& [file, ids] : by_file) {
    std::set<std::string> references;
    for (EntryId id : ids)
      for (Base& base : bases_of(catalogue, id)) references.insert(std::move(base.reference));
    for (const std::string& reference : references) {
      auto own = own_base(catalogue, policy, reference);
      if (!own || !own->entry) continue;
      for (EntryId id : ids) {
        needs_[id].insert(*own->entry);
        needed_by_[*own->entry].insert(id);
      }
    }
  }
}

const std::set<EntryId>& BuildGraph::needs(EntryId id) const {
  static const std::set<EntryId> none;
  auto found = needs_.find(id);
  return found == needs_.end() ? none : found->second;
}

std::set<EntryId> BuildGraph::with_dependants(const std::set<EntryId>& some) const {
  std::set<EntryId> all = some;
  std::vector<EntryId> open(some.begin(), some.end());
  while (!open.empty()) {
    EntryId id = open.back();
    open.pop_back();
    auto found = needed_by_.find(id);
    if (found == needed_by_.end()) continue;
    for (EntryId dependant : found->second)
      if (all.insert(dependant).second) open.push_back(dependant);
  }
  return all;
}

std::vector<EntryId> BuildGraph::in_order(const std::set<EntryId>& some) const {
  std::map<EntryId, size_t> waits_for;
  std::set<EntryId> ready;
  for (EntryId id : some) {
    size_t open = std::ranges::count_if(needs(id), [&](EntryId base) { return some.contains(base); });
    if (open > 0)
      waits_for[id] = open;
    else
      ready.insert(id);
  }
  std::vector<EntryId> order;
  while (!ready.empty()) {
    EntryId id = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(id);
    auto found = needed_by_.find(id);
    if (found == needed_by_.end()) continue;
    for (EntryId dependant : found->second) {
      auto waiting = waits_for.find(dependant);
      if (waiting == waits_for.end() || --waiting->second > 0) continue;
      waits_for.erase(waiting);
      ready.insert(dependant);
    }
  }
  for (const auto& [id, open] : waits_for) order.push_back(id);
  return order;
}

std::vector<std::vector<EntryId>> BuildGraph::circles() const {
  std::vector<std::vector<EntryId>> circles;
  std::set<EntryId> done;
  for (const auto& [start, bases] : needs_) {
    // From each entry along its first base that is not known to lead out, until one comes again.
    std::vector<EntryId> way{start};
    while (!way.empty()) {
      EntryId here = way.back();
      const std::set<EntryId>& next = needs(here);
      auto open = std::ranges::find_if(next, [&](EntryId base) { return !done.contains(base); });
      if (done.contains(here) || open == next.end()) {
        done.insert(here);
        way.pop_back();
        continue;
      }
      auto again = std::ranges::find(way, *open);
      if (again == way.end()) {
        way.push_back(*open);
        continue;
      }
      circles.emplace_back(again, way.end());
      done.insert(again, way.end());
    }
  }
  return circles;
}

}  // namespace eulerpublisher::catalogue
