#include "store/prune.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "store/blobs.h"
#include "stream/stream.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

struct File {
  fs::path path;
  uint64_t size = 0;
  timespec used{};
};

bool longer_unused(const timespec& left, const timespec& right) {
  return std::pair(left.tv_sec, left.tv_nsec) < std::pair(right.tv_sec, right.tv_nsec);
}

struct RecipeFile {
  File file;
  std::set<Digest> blobs;  // all it leads to
};

// What goes or stays as a whole: an image with its references and recipes, or a recipe no image came of yet.
struct Unit {
  std::optional<Digest> image;
  std::set<Digest> blobs;
  timespec used{};
};

struct Contents {
  std::map<Digest, File> blobs;
  std::vector<File> archives;
  std::vector<RecipeFile> recipes;
  std::vector<Unit> units;
};

// The regular files of a folder; none when there is no such folder.
Result<std::vector<File>> files_in(const fs::path& folder) {
  std::vector<File> files;
  std::error_code failed;
  fs::directory_iterator entry(folder, failed);
  if (failed == std::errc::no_such_file_or_directory) return files;
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    struct stat seen {};
    if (::lstat(entry->path().c_str(), &seen) != 0 || !S_ISREG(seen.st_mode)) continue;
    files.push_back({entry->path(), static_cast<uint64_t>(seen.st_size), seen.st_mtim});
  }
  if (failed) return system_error(failed.value(), "reading the folder " + folder.string());
  return files;
}

// HEX.tar.xz or HEX.tar.xz.part: anything else in that folder is not ours to remove.
bool is_archive(const File& file) {
  std::string name = file.path.filename().string();
  std::string_view rest = std::string_view(name).substr(std::min<size_t>(64, name.size()));
  return Digest::sha256(name.substr(0, 64)).has_value() && (rest == ".tar.xz" || rest == ".tar.xz.part");
}

bool meet(const std::set<Digest>& left, const std::set<Digest>& right) {
  return std::ranges::any_of(left, [&](const Digest& digest) { return right.contains(digest); });
}

Result<Contents> look(const fs::path& folder, const LayoutIndex& index) {
  Contents seen;
  for (const char* algorithm : {"sha256", "sha512"})
    for (File& file : TRY(files_in(folder / "blobs" / algorithm))) {
      auto digest = Digest::parse(fmt::format("{}:{}", algorithm, file.path.filename().string()));
      if (digest) seen.blobs.emplace(*digest, std::move(file));
    }
  seen.archives = TRY(files_in(folder / "archives"));
  std::erase_if(seen.archives, [](const File& file) { return !is_archive(file); });
  for (File& file : TRY(files_in(folder / "recipes"))) {
    auto json = read_file(file.path.string(), document_limit);
    std::set<Digest> named = json ? digests_in(*json) : std::set<Digest>{};  // unreadable: leads nowhere
    auto kept = TRY(reachable(folder, named));
    seen.recipes.push_back({std::move(file), std::move(kept)});
  }
  auto entries = TRY(index.all());
  std::set<Digest> images;
  for (auto& [name, descriptor] : entries) images.insert(descriptor.digest);
  for (const Digest& image : images) {
    auto kept = TRY(reachable(folder, {image}));
    Unit unit{image, std::move(kept), {}};
    auto root = seen.blobs.find(image);
    if (root != seen.blobs.end()) unit.used = root->second.used;
    seen.units.push_back(std::move(unit));
  }
  for (const RecipeFile& recipe : seen.recipes) {
    bool made_images = false;
    for (Unit& unit : seen.units) {
      if (!unit.image || !meet(unit.blobs, recipe.blobs)) continue;
      made_images = true;
      if (longer_unused(unit.used, recipe.file.used)) unit.used = recipe.file.used;
    }
    if (!made_images) seen.units.push_back({std::nullopt, recipe.blobs, recipe.file.used});
  }
  return seen;
}

std::set<Digest> blobs_of(const std::vector<Unit>& units) {
  std::set<Digest> all;
  for (const Unit& unit : units) all.insert(unit.blobs.begin(), unit.blobs.end());
  return all;
}

// What is to go, worked out before anything is touched.
struct Removal {
  std::set<Digest> images;
  std::vector<File> recipes, archives, blobs;
};

class Planner {
 public:
  Planner(Contents seen, uint64_t keep) : seen_(std::move(seen)), keep_(keep) {
    for (auto& [digest, file] : seen_.blobs) left_ += file.size;
    for (const File& file : seen_.archives) left_ += file.size;
    for (const RecipeFile& recipe : seen_.recipes) left_ += recipe.file.size;
  }

  uint64_t left() const { return left_; }

  Removal plan() {
    std::set<Digest> named = blobs_of(seen_.units);
    std::vector<File> nameless;
    for (auto& [digest, file] : seen_.blobs)
      if (!named.contains(digest)) nameless.push_back(file);
    remove_files(std::move(nameless), removal_.blobs);
    remove_files(seen_.archives, removal_.archives);
    remove_units();
    return std::move(removal_);
  }

 private:
  void remove_files(std::vector<File> files, std::vector<File>& into) {
    std::ranges::stable_sort(files, longer_unused, &File::used);
    for (File& file : files) {
      if (left_ <= keep_) return;
      left_ -= file.size;
      into.push_back(std::move(file));
    }
  }

  void remove_units() {
    std::ranges::stable_sort(seen_.units, longer_unused, &Unit::used);
    while (left_ > keep_ && !seen_.units.empty()) {
      Unit unit = std::move(seen_.units.front());
      seen_.units.erase(seen_.units.begin());
      if (unit.image) removal_.images.insert(*unit.image);
      std::set<Digest> still_named = blobs_of(seen_.units), gone;
      for (const Digest& digest : unit.blobs) {
        auto blob = seen_.blobs.find(digest);
        if (still_named.contains(digest) || blob == seen_.blobs.end()) continue;
        left_ -= blob->second.size;
        removal_.blobs.push_back(blob->second);
        gone.insert(digest);
        seen_.blobs.erase(blob);
      }
      // A recipe is of use only while all that it made is there.
      std::erase_if(seen_.recipes, [&](RecipeFile& recipe) {
        if (!recipe.blobs.empty() && !meet(recipe.blobs, gone)) return false;
        left_ -= recipe.file.size;
        removal_.recipes.push_back(std::move(recipe.file));
        return true;
      });
    }
  }

  Contents seen_;
  uint64_t keep_;
  uint64_t left_ = 0;
  Removal removal_;
};

Done remove_all(const std::vector<File>& files) {
  for (const File& file : files)
    if (::unlink(file.path.c_str()) != 0 && errno != ENOENT)
      return system_error(errno, "removing " + file.path.string());
  return {};
}

}  // namespace

Result<Store::Pruned> prune_store(const fs::path& folder, LayoutIndex& index, uint64_t keep) {
  Planner planner(TRY(look(folder, index)), keep);
  Store::Pruned pruned;
  pruned.bytes_before = planner.left();
  Removal removal = planner.plan();
  pruned.bytes_after = planner.left();
  pruned.files = removal.blobs.size() + removal.archives.size() + removal.recipes.size();
  TRY(index.remove(removal.images));
  TRY(remove_all(removal.recipes));
  TRY(remove_all(removal.archives));
  TRY(remove_all(removal.blobs));
  return pruned;
}

}  // namespace eulerpublisher
