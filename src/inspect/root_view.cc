#include "inspect/root_view.h"

#include "inspect/interest.h"
#include "inspect/layer_watcher.h"

namespace eulerpublisher {
namespace {

constexpr int most_links = 40;  // as the kernel

}  // namespace

void RootView::remove_below(std::string_view folder) {
  // In the order of the map all names below a folder stand together; the root's are all there are.
  std::string prefix = folder.empty() ? "" : std::string(folder) + "/";
  auto from = files_.lower_bound(prefix);
  auto to = from;
  while (to != files_.end() && to->first.starts_with(prefix)) ++to;
  files_.erase(from, to);
}

// What it is, its target says; where the target is not known, neither is this.
const FileFact* RootView::hard_link(const FileFact& link) {
  const FileFact* target = at(plain_name(link.link).value_or(""));
  if (target == nullptr) return &link;
  FileFact fact = *target;
  fact.name = link.name;
  if (fact.kept) {
    auto kept = std::make_shared<KeptFile>(*fact.kept);
    kept->entry.name = link.name;
    fact.kept = std::move(kept);
  } else {
    fact.kept = link.kept;
  }
  return hard_links_.emplace_back(std::make_shared<const FileFact>(std::move(fact))).get();
}

void RootView::add(std::shared_ptr<const LayerReport> layer) {
  for (const std::string& path : layer->removed) {
    files_.erase(path);
    remove_below(path);
  }
  for (const std::string& folder : layer->hidden) remove_below(folder);
  for (const FileFact& file : layer->files) {
    if (file.type != TarEntry::Type::folder) remove_below(file.name);
    const FileFact* fact = file.type == TarEntry::Type::hard_link ? hard_link(file) : &file;
    // The key has to live as long as what it leads to.
    files_.erase(fact->name);
    files_.emplace(fact->name, fact);
  }
  layers_.push_back(std::move(layer));
}

const FileFact* RootView::at(std::string_view path) const {
  auto found = files_.find(path);
  return found == files_.end() ? nullptr : found->second;
}

std::optional<std::string> RootView::resolve(std::string_view path) const {
  std::vector<std::string> ahead;  // the next part last
  auto go_through = [&](std::string_view path) {
    while (!path.empty()) {
      size_t slash = path.rfind('/');
      std::string_view part = slash == path.npos ? path : path.substr(slash + 1);
      path = slash == path.npos ? std::string_view{} : path.substr(0, slash);
      if (!part.empty() && part != ".") ahead.emplace_back(part);
    }
  };
  go_through(path);
  std::string here;
  int links = 0;
  while (!ahead.empty()) {
    std::string part = std::move(ahead.back());
    ahead.pop_back();
    if (part == "..") {
      here = std::string(folder_of(here));
      continue;
    }
    std::string next = here.empty() ? part : here + "/" + part;
    const FileFact* file = at(next);
    if (file == nullptr || file->type != TarEntry::Type::symbolic_link) {
      here = std::move(next);
      continue;
    }
    if (++links > most_links) return std::nullopt;
    if (file->link.starts_with('/')) here.clear();
    go_through(file->link);
  }
  return here;
}

const FileFact* RootView::find(std::string_view path) const {
  std::optional<std::string> there = resolve(path);
  return there ? at(*there) : nullptr;
}

}  // namespace eulerpublisher
