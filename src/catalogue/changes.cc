#include "catalogue/changes.h"

#include <algorithm>

#include "catalogue/git.h"
#include "catalogue/image_list.h"
#include "catalogue/meta_file.h"

namespace eulerpublisher::catalogue {
namespace {

bool lies_in(std::string_view file, std::string_view folder) {
  return !folder.empty() && file.size() > folder.size() && file.starts_with(folder) &&
         file[folder.size()] == '/';
}

// The folder that an entry is built from, also when its file is gone.
std::string context_of(const Image& image, const Entry& entry) {
  if (!entry.file.empty()) return entry.context();
  auto path = joined_path(image.folder, entry.path);
  return path ? std::string(folder_of(*path)) : std::string();
}

class ChangesFinder {
 public:
  ChangesFinder(const Catalogue& catalogue, const TextBefore& before)
      : catalogue_(catalogue), before_(before) {}

  Done add(const std::string& file) {
    std::string top = file.substr(0, file.find('/'));
    if (std::ranges::find(catalogue_.tree.top_folders(), top) == catalogue_.tree.top_folders().end())
      return {};
    changes_.files.insert(file);
    if (name_in(file) == "image-list.yml" && folder_of(file) == top) return add_list(file, top);
    for (size_t i = 0; i < catalogue_.images.size(); ++i) {
      const Image& image = catalogue_.images[i];
      if (!lies_in(file, image.folder)) continue;
      if (file == image.meta())
        TRY(add_meta(i));
      else
        add_context(i, file);
    }
    return {};
  }

  Changes take() { return std::move(changes_); }

 private:
  Result<std::optional<std::string>> text_before(const std::string& file) {
    if (!before_) return std::nullopt;
    return before_(file);
  }

  void add_entry(EntryId id) {
    changes_.entries.insert(id);
    changes_.images.insert(catalogue_.image(id).name);
  }

  Done add_list(const std::string& file, const std::string& scene) {
    auto text = TRY(text_before(file));
    Findings ignored;
    ImageList old = text ? read_image_list(*text, file, scene, ignored) : ImageList{};
    for (size_t i = 0; i < catalogue_.images.size(); ++i) {
      const Image& image = catalogue_.images[i];
      if (image.scene != scene) continue;
      bool as_before = std::ranges::any_of(old.images, [&](const Image& other) {
        return other.name == image.name && other.folder == image.folder;
      });
      if (as_before) continue;
      changes_.images.insert(image.name);
      for (size_t j = 0; j < image.entries.size(); ++j) add_entry({i, j});
    }
    return {};
  }

  Done add_meta(size_t at) {
    const Image& image = catalogue_.images[at];
    changes_.images.insert(image.name);
    auto text = TRY(text_before(image.meta()));
    Findings ignored;
    std::vector<Entry> old;
    if (text) old = read_meta(*text, image.meta(), image.name, ignored);
    for (size_t j = 0; j < image.entries.size(); ++j) {
      const Entry& entry = image.entries[j];
      bool as_before = std::ranges::any_of(old, [&](const Entry& other) {
        // The platforms of a Distrofile stand in that file.
        return other.tag == entry.tag && other.path == entry.path &&
               (entry.distroless || other.platforms == entry.platforms);
      });
      if (!as_before) add_entry({at, j});
    }
    return {};
  }

  void add_context(size_t at, const std::string& file) {
    const Image& image = catalogue_.images[at];
    bool is_document = folder_of(file) == image.folder || folder_of(file) == image.folder + "/doc";
    if (is_document) changes_.images.insert(image.name);
    for (size_t j = 0; j < image.entries.size(); ++j)
      if (lies_in(file, context_of(image, image.entries[j]))) add_entry({at, j});
  }

  const Catalogue& catalogue_;
  const TextBefore& before_;
  Changes changes_;
};

}  // namespace

Result<Changes> changes_in(const Catalogue& catalogue, const std::vector<std::string>& files,
                           const TextBefore& before) {
  ChangesFinder finder(catalogue, before);
  for (const std::string& file : files) TRY(finder.add(file));
  return finder.take();
}

Result<Changes> changes_since(const Catalogue& catalogue, const std::string& revision, std::stop_token stop) {
  Git git(catalogue.tree.root(), stop);
  std::string commit = TRY(git.start_of_changes(revision));
  std::vector<std::string> files = TRY(git.changed_files(commit));
  return changes_in(catalogue, files, [&](const std::string& file) { return git.text_at(commit, file); });
}

Scope scope_of(const Catalogue& catalogue, const BuildGraph& graph, const Changes& changes) {
  Scope scope{{}, changes.files, changes.images};
  for (EntryId id : graph.with_dependants(changes.entries)) {
    scope.about.insert(catalogue.name(id));
    if (!catalogue.entry(id).file.empty()) scope.files.insert(catalogue.entry(id).file);
  }
  return scope;
}

}  // namespace eulerpublisher::catalogue
