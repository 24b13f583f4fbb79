#include "catalogue/catalogue.h"

#include <algorithm>
#include <set>

#include "catalogue/find_file.h"
#include "catalogue/image_list.h"
#include "catalogue/meta_file.h"
#include "catalogue/tree.h"
#include "catalogue/yaml_file.h"
#include "oci/name.h"

namespace eulerpublisher::catalogue {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view list_name = "image-list.yml";
constexpr std::string_view meta_name = "meta.yml";

class CatalogueReader {
 public:
  explicit CatalogueReader(Catalogue& catalogue) : catalogue_(catalogue), tree_(catalogue.tree) {}

  void read_scenes() {
    for (const std::string& scene : tree_.top_folders()) {
      std::string list = scene + "/" + std::string(list_name);
      if (!tree_.has_file(list)) continue;
      auto text = text_of(list);
      if (!text) continue;
      ImageList read = read_image_list(*text, list, scene, catalogue_.findings);
      catalogue_.listed.merge(read.folders);
      for (Image& image : read.images) read_image(std::move(image));
    }
  }

  // One tag of one repository cannot be made from two files.
  void compare_scenes() {
    std::map<std::string, EntryId> first;
    for (EntryId id : catalogue_.all_entries()) {
      auto [known, is_new] = first.emplace(catalogue_.name(id), id);
      Entry& entry = catalogue_.images[id.image].entries[id.entry];
      Entry& other = catalogue_.images[known->second.image].entries[known->second.entry];
      if (is_new || known->second.image == id.image || entry.file == other.file) continue;
      entry.publishable = other.publishable = false;
      say(Code::repeated_tag, entry.place,
          fmt::format("{} stands in another scene too, with another file: {}:{}", catalogue_.name(id),
                      other.place.file, other.place.line),
          "neither is published until one of them is gone");
      catalogue_.findings.back().about = {catalogue_.name(id)};
    }
  }

  void read_image(Image image) {
    std::string meta = image.meta();
    if (!tree_.has_folder(image.folder)) {
      auto other = tree_.in_other_case(image.folder);
      say(Code::listed_without_folder, image.place,
          fmt::format("the folder {} of {} does not exist", image.folder, image.name),
          other ? fmt::format("there is {}, which differs only in case", *other) : std::string());
      catalogue_.findings.back().about = {image.name};
    } else if (!tree_.has_file(meta)) {
      say(Code::listed_without_meta, image.place,
          fmt::format("{} has no meta.yml: there is nothing to publish", image.name), {});
      catalogue_.findings.back().about = {image.name};
    } else if (auto text = text_of(meta)) {
      image.entries = read_meta(*text, meta, image.name, catalogue_.findings);
      for (Entry& entry : image.entries) look_for_file(image, entry);
    }
    catalogue_.images.push_back(std::move(image));
  }

 private:
  void say(Code code, Place place, std::string text, std::string hint) {
    catalogue_.findings.push_back({code, std::move(place), std::move(text), std::move(hint)});
  }

  std::optional<std::string> text_of(const std::string& file) {
    auto text = tree_.text(file);
    if (text) return std::move(*text);
    say(Code::unreadable_file, {file}, text.error().text(), {});
    return std::nullopt;
  }

  void spoil(const Image& image, Entry& entry, Code code, std::string text, std::string hint) {
    say(code, entry.path_place, std::move(text), std::move(hint));
    catalogue_.findings.back().about = {image.name + ":" + entry.tag};
    entry.publishable = false;
  }

  void look_for_file(const Image& image, Entry& entry) {
    if (entry.path.empty()) return;
    FoundFile found = find_file(tree_, image, entry.path);
    if (found.outside)
      return spoil(image, entry, Code::outside_path,
                   fmt::format("'{}' leads out of the catalogue", for_message(entry.path)),
                   "a path is looked for below the image's folder, the catalogue and the scene");
    if (found.file.empty())
      return spoil(image, entry, Code::missing_file, fmt::format("there is no file {}", found.expected),
                   found.hint);
    entry.file = found.file;
    entry.distroless = name_in(entry.file) == "Distrofile";
    if (entry.distroless)
      read_distrofile(image, entry);
    else
      read_dockerfile(entry);
  }

  void read_dockerfile(Entry& entry) {
    auto [known, is_new] = catalogue_.dockerfiles.try_emplace(entry.file);
    if (is_new) {
      auto text = text_of(entry.file);
      size_t before = catalogue_.findings.size();
      if (text) known->second = Dockerfile::read(*text, entry.file, catalogue_.findings);
      if (text) catalogue_.contents.emplace(entry.file, digest_of(*text));
      bool bad =
          !text || std::any_of(catalogue_.findings.begin() + before, catalogue_.findings.end(),
                               [](const Finding& finding) { return finding.severity() == Severity::error; });
      if (bad) unbuildable_.insert(entry.file);
    }
    if (unbuildable_.contains(entry.file)) entry.publishable = false;
  }

  // A mapping; all that concerns us in it are its platforms.
  void read_distrofile(const Image& image, Entry& entry) {
    auto text = text_of(entry.file);
    if (!text) {
      entry.publishable = false;
      return;
    }
    catalogue_.contents.emplace(entry.file, digest_of(*text));
    YamlFile yaml = read_entries(*text, 1);
    auto platforms = std::ranges::find_if(
        yaml.root.entries, [](const YamlEntry& entry) { return entry.key.text == "platforms"; });
    std::string list;
    if (platforms != yaml.root.entries.end())
      for (const YamlNode& item : platforms->value.items) list += (list.empty() ? "" : ",") + item.text;
    auto parsed = parse_platforms(list);
    if (parsed) {
      entry.platforms = std::move(*parsed);
      return;
    }
    int line = platforms == yaml.root.entries.end() ? 1 : platforms->key.line;
    say(Code::wrong_dockerfile, {entry.file, line, 1},
        list.empty() ? "this Distrofile has no list of platforms" : parsed.error().text(),
        "write `platforms:` and below it `- linux/amd64`, `- linux/arm64`");
    catalogue_.findings.back().about = {image.name + ":" + entry.tag};
    entry.publishable = false;
  }

  Catalogue& catalogue_;
  const Tree& tree_;
  std::set<std::string> unbuildable_;
};

bool holds_scenes(const fs::path& folder) {
  std::error_code unknown;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, unknown))
    if (!Tree::leaves_out(entry.path().filename().native()) &&
        fs::is_regular_file(entry.path() / list_name, unknown))
      return true;
  return false;
}

}  // namespace

std::string Entry::context() const { return std::string(folder_of(file)); }

std::string Catalogue::name(EntryId id) const { return image(id).name + ":" + entry(id).tag; }

std::vector<EntryId> Catalogue::entries_of(std::string_view name) const {
  std::vector<EntryId> ids;
  for (size_t i = 0; i < images.size(); ++i)
    if (images[i].name == name)
      for (size_t j = 0; j < images[i].entries.size(); ++j) ids.push_back({i, j});
  return ids;
}

std::vector<EntryId> Catalogue::all_entries() const {
  std::vector<EntryId> ids;
  for (size_t i = 0; i < images.size(); ++i)
    for (size_t j = 0; j < images[i].entries.size(); ++j) ids.push_back({i, j});
  return ids;
}

std::optional<EntryId> Catalogue::find(std::string_view name, std::string_view tag) const {
  for (EntryId id : entries_of(name))
    if (entry(id).tag == tag) return id;
  return std::nullopt;
}

Result<Location> locate(const fs::path& named) {
  std::error_code error;
  fs::path start = fs::canonical(named, error);
  if (error) return not_found("there is no catalogue {}: {}", named.native(), error.message());
  bool is_file = fs::is_regular_file(start);
  if (is_file && start.filename() != meta_name && start.filename() != list_name)
    return invalid("{} is neither a meta.yml nor an image-list.yml nor a folder", named.native());
  fs::path folder = is_file ? start.parent_path() : start;
  for (fs::path root = folder; root.has_relative_path(); root = root.parent_path())
    if (holds_scenes(root)) return Location{root, folder == root ? "" : folder.lexically_relative(root)};
  if (fs::is_regular_file(folder / meta_name)) return Location{folder.parent_path(), folder.filename()};
  return not_found("{} is no catalogue: no folder in it has an image-list.yml, and it has no meta.yml",
                   named.native());
}

Result<Catalogue> read_catalogue(const Location& location, const std::string& repositories) {
  bool alone = !holds_scenes(location.root);
  std::string name = location.below;
  if (alone && !RepositoryName::parse(repositories + "/" + name))
    return invalid("the folder {} gives its image its name, and '{}' is none: rename it",
                   (location.root / name).native(), name);
  Catalogue catalogue{TRY(Tree::read(location.root, alone ? name : "")), repositories, {}, {}, {}, {}, {}};
  CatalogueReader reader(catalogue);
  if (alone) {
    catalogue.listed.insert(name);
    reader.read_image({name, "", name, {name + "/" + std::string(meta_name)}});
  } else {
    reader.read_scenes();
  }
  reader.compare_scenes();
  return catalogue;
}

bool is_meant(const Location& location, const Image& image) {
  return location.below.empty() || image.folder == location.below ||
         image.folder.starts_with(location.below + "/");
}

}  // namespace eulerpublisher::catalogue
