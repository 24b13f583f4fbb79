#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/layer_report.h"

namespace eulerpublisher {

// The files of all layers together, as a container sees them.
class RootView {
 public:
  // The next layer, the lowest first.  The view keeps the report.
  void add(std::shared_ptr<const LayerReport> layer);

  // What is under this very name, or null.
  const FileFact* at(std::string_view path) const;
  // The path with all links followed, within the root; nothing when they go round in circles.
  std::optional<std::string> resolve(std::string_view path) const;
  // What is there when all links have been followed, or null.
  const FileFact* find(std::string_view path) const;

  // All files by their names.  A hard link is what its target is, under its own name.
  const std::map<std::string_view, const FileFact*>& files() const { return files_; }

 private:
  void remove_below(std::string_view folder);
  const FileFact* hard_link(const FileFact& link);

  std::vector<std::shared_ptr<const LayerReport>> layers_;
  std::vector<std::shared_ptr<const FileFact>> hard_links_;
  std::map<std::string_view, const FileFact*> files_;  // into what the two above share with every copy
};

}  // namespace eulerpublisher
