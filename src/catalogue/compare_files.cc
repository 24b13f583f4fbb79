#include <algorithm>
#include <set>

#include "catalogue/comparing.h"
#include "catalogue/path_parts.h"
#include "oci/digest.h"
#include "policy/tag_parts.h"

namespace eulerpublisher::catalogue {
namespace {

class FileRules {
 public:
  FileRules(const Catalogue& catalogue, Findings& findings)
      : catalogue_(catalogue), findings_(findings), by_file_(entries_by_file(catalogue)) {}

  void look() {
    for (const auto& [file, ids] : by_file_)
      if (ids.size() > 1) shared_file(file, ids);
    for (EntryId id : catalogue_.all_entries()) tag_and_folder(id);
    for (const Image& image : catalogue_.images) identical_files(image);
    names_in_two_scenes();
    for (const std::string& file : catalogue_.tree.files()) {
      if (name_in(file) == "meta.yml") unlisted_folder(file);
      bool builds = name_in(file) == "Dockerfile" || name_in(file) == "Distrofile";
      if (builds && !by_file_.contains(file)) unnamed_dockerfile(file);
    }
  }

 private:
  void say(Code code, Place place, std::string text, std::string hint, std::vector<std::string> about = {}) {
    findings_.push_back({code, std::move(place), std::move(text), std::move(hint), std::move(about)});
  }

  void shared_file(const std::string& file, const std::vector<EntryId>& ids) {
    const Entry& first = catalogue_.entry(ids.front());
    for (size_t i = 1; i < ids.size(); ++i)
      say(Code::shared_file, catalogue_.entry(ids[i]).place,
          fmt::format("{} names the same file as {} ({}:{}): it is built once and published as both",
                      catalogue_.name(ids[i]), catalogue_.name(ids.front()), first.place.file,
                      first.place.line),
          fmt::format("the file is {}", file), {catalogue_.name(ids[i]), catalogue_.name(ids.front())});
  }

  void tag_and_folder(EntryId id) {
    const Entry& entry = catalogue_.entry(id);
    if (entry.file.empty() || entry.tag == "latest" || !Tag::parse(entry.tag)) return;
    auto path = path_parts(catalogue_.image(id).folder, entry.file);
    if (!path || path->tag() == entry.tag) return;
    TagParts tag = split_tag(entry.tag, path->openeuler);
    std::string stands_for = path->tag();
    std::string application = stands_for.substr(0, stands_for.rfind("-oe"));
    std::string text;
    if (tag.openeuler && path->openeuler && *tag.openeuler != *path->openeuler)
      text = fmt::format("the tag {} is for openEuler {}, its folder for {}", for_message(entry.tag),
                         tag.openeuler->text(), path->openeuler->text());
    else if (tag.application != application)
      text = fmt::format("the tag {} is for version {}, its folder for {}", for_message(entry.tag),
                         for_message(tag.application), for_message(path->application));
    else if (tag.openeuler.has_value() != path->openeuler.has_value())
      text = fmt::format("the tag {} and its folder {} do not name the same version of openEuler",
                         for_message(entry.tag), for_message(path->openeuler_folder));
    else
      return;
    std::string hint =
        Tag::parse(stands_for) ? fmt::format("the folder stands for the tag {}", stands_for) : "";
    say(Code::tag_and_folder, entry.place, std::move(text), std::move(hint), {catalogue_.name(id)});
  }

  void identical_files(const Image& image) {
    std::map<std::string, const Entry*> first;  // by content
    std::set<std::string> seen;
    for (const Entry& entry : image.entries) {
      auto content = catalogue_.contents.find(entry.file);
      if (content == catalogue_.contents.end() || !seen.insert(entry.file).second) continue;
      auto [known, is_new] = first.emplace(content->second.text(), &entry);
      if (is_new || folder_of(entry.context()) == folder_of(known->second->context())) continue;
      say(Code::identical_files, entry.place,
          fmt::format("the file of {} has the same bytes as that of {}, {}", for_message(entry.tag),
                      for_message(known->second->tag), known->second->file),
          "does it still name the older version?",
          {image.name + ":" + entry.tag, image.name + ":" + known->second->tag});
    }
  }

  void names_in_two_scenes() {
    std::map<std::string, const Image*> first;
    for (const Image& image : catalogue_.images) {
      auto [known, is_new] = first.emplace(image.name, &image);
      if (is_new || known->second->scene == image.scene) continue;
      say(Code::name_in_two_scenes, image.place,
          fmt::format("{} stands in {} too ({}:{}): `latest` is decided over both together", image.name,
                      known->second->scene, known->second->place.file, known->second->place.line),
          "the repository is one; give one of them another name if they are not the same", {image.name});
    }
  }

  void unlisted_folder(const std::string& meta) {
    std::string folder(folder_of(meta));
    if (catalogue_.listed.contains(folder)) return;
    std::string scene = folder.substr(0, folder.find('/'));
    say(Code::unlisted_folder, {meta}, fmt::format("no image-list.yml names {}: it is not published", folder),
        fmt::format("add `{}: {}` to {}/image-list.yml", name_in(folder),
                    folder.size() > scene.size() ? folder.substr(scene.size() + 1) : folder, scene));
  }

  // The image in whose folder a file lies, the innermost.
  const Image* image_around(const std::string& file) const {
    const Image* around = nullptr;
    for (const Image& image : catalogue_.images) {
      bool within = file.starts_with(image.folder) && file.size() > image.folder.size() &&
                    file[image.folder.size()] == '/';
      if (within && (!around || around->folder.size() < image.folder.size())) around = &image;
    }
    return around;
  }

  void unnamed_dockerfile(const std::string& file) {
    const Image* image = image_around(file);
    std::string hint;
    if (image) {
      auto path = path_parts(image->folder, file);
      auto same = std::ranges::find_if(image->entries, [&](const Entry& entry) {
        return path && entry.tag == path->tag() && entry.file != file;
      });
      if (path && same != image->entries.end())
        hint = fmt::format("its path stands for the tag {}, which {}:{} gives to {}", path->tag(),
                           same->place.file, same->place.line,
                           same->file.empty() ? for_message(same->path) : same->file);
      else if (path && Tag::parse(path->tag()))
        hint = fmt::format("its path stands for the tag {}", path->tag());
    }
    say(Code::unnamed_dockerfile, {file}, "no meta.yml names this file: it is not published",
        std::move(hint));
  }

  const Catalogue& catalogue_;
  Findings& findings_;
  std::map<std::string, std::vector<EntryId>> by_file_;
};

}  // namespace

void compare_files(const Catalogue& catalogue, Findings& findings) { FileRules(catalogue, findings).look(); }

}  // namespace eulerpublisher::catalogue
