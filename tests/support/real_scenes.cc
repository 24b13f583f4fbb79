#include "support/real_scenes.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "support/file_tree.h"
#include "support/places.h"

namespace eulerpublisher::test {

namespace fs = std::filesystem;

namespace {

// Beside the project, or beside the project whose worktree this is.
fs::path find_scenes() {
  for (fs::path folder = source_folder(); folder.has_relative_path(); folder = folder.parent_path())
    if (fs::exists(folder.parent_path() / "shared/catalogue/AI/image-list.yml"))
      return folder.parent_path() / "shared/catalogue";
  return {};
}

}  // namespace

bool write_real_scenes(const fs::path& folder) {
  fs::path scenes = find_scenes();
  if (scenes.empty()) return false;
  auto bases = nlohmann::json::parse(read_text(scenes / "base-images.json"));
  for (const auto& scene : fs::directory_iterator(scenes)) {
    if (!scene.is_directory()) continue;
    fs::copy(scene.path(), folder / scene.path().filename(), fs::copy_options::recursive);
    std::istringstream files(read_text(scene.path() / "build-files.txt"));
    for (std::string file; std::getline(files, file);) {
      std::string text;
      auto known = bases.find(file);
      // The last stage takes from all the others.
      size_t stage = 0;
      if (known != bases.end())
        for (const auto& base : *known)
          text += "FROM " + base.get<std::string>() + " AS s" + std::to_string(stage++) + "\n";
      for (size_t i = 0; i + 1 < stage; ++i) text += "COPY --from=s" + std::to_string(i) + " / /\n";
      text += "RUN echo " + file + "\n";
      write_tree(folder, {{file, text}});
    }
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    fs::permissions(entry.path(), fs::perms::owner_write, fs::perm_options::add);
  return true;
}

}  // namespace eulerpublisher::test
