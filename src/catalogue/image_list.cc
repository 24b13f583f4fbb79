#include "catalogue/image_list.h"

#include <algorithm>
#include <set>

#include "catalogue/tree.h"
#include "catalogue/yaml_file.h"
#include "oci/name.h"

namespace eulerpublisher::catalogue {
namespace {

using Kind = YamlNode::Kind;

constexpr std::string_view form = "write `images:` and below it `name: folder`, indented by two blanks";

class ListReader {
 public:
  ListReader(const std::string& file, const std::string& scene, Findings& findings)
      : file_(file), scene_(scene), findings_(findings) {}

  ImageList read(std::string_view text) {
    YamlFile yaml = read_entries(text, 2);
    for (const YamlFault& fault : yaml.faults)
      findings_.push_back({Code::not_yaml, {file_, fault.line, fault.column}, fault.text, {}});
    bool has_images = false;
    for (const auto& [key, value] : yaml.root.entries) {
      if (key.text != "images") {
        say(Code::wrong_list, key, fmt::format("unknown key '{}'", for_message(key.text)));
        continue;
      }
      has_images = true;
      if (value.kind == Kind::map)
        for (const auto& [name, folder] : value.entries) read_image(name, folder);
      else if (value.kind != Kind::nothing)
        say(Code::wrong_list, value, "names and their folders are expected under `images:`");
    }
    if (!has_images && yaml.faults.empty())
      say(Code::wrong_list, yaml.root, "there is no `images:` in this list");
    std::vector<Image>& images = list_.images;
    std::erase_if(images, [&](const Image& image) { return ambiguous_.contains(image.name); });
    return std::move(list_);
  }

 private:
  void say(Code code, const YamlNode& node, std::string text, std::string hint = std::string(form),
           const std::string& image = {}) {
    findings_.push_back({code, {file_, node.line, node.column}, std::move(text), std::move(hint)});
    if (!image.empty()) findings_.back().about = {image};
  }

  void read_image(const YamlNode& name, const YamlNode& folder) {
    if (folder.kind != Kind::scalar || folder.text.empty())
      return say(Code::wrong_list, name, fmt::format("the image {} has no folder", for_message(name.text)));
    if (!RepositoryName::parse("openeuler/" + name.text) || name.text.find('/') != name.text.npos)
      return say(Code::wrong_name, name, fmt::format("'{}' is no name of an image", for_message(name.text)),
                 "lower-case letters and digits, with single `.`, `_` or `-` between them");
    auto below = joined_path(scene_, folder.text);
    if (!below)
      return say(Code::outside_path, folder,
                 fmt::format("'{}' leads out of the catalogue", for_message(folder.text)),
                 "the folder is looked for below the scene");
    list_.folders.insert(*below);
    std::vector<Image>& images = list_.images;
    auto same = std::ranges::find_if(images, [&](const Image& image) { return image.name == name.text; });
    if (same == images.end()) {
      images.push_back({name.text, scene_, *below, {file_, name.line, name.column}});
    } else if (same->folder == *below) {
      say(Code::listed_twice, name,
          fmt::format("{} is listed twice, the first time in line {}", name.text, same->place.line),
          "one of the two lines can go", name.text);
    } else {
      say(Code::listed_differently, name,
          fmt::format("{} is listed with the folder {} and, in line {}, with {}", name.text, *below,
                      same->place.line, same->folder),
          "neither is published until one of them is gone", name.text);
      ambiguous_.insert(name.text);
    }
  }

  const std::string& file_;
  const std::string& scene_;
  Findings& findings_;
  ImageList list_;
  std::set<std::string> ambiguous_;
};

}  // namespace

ImageList read_image_list(std::string_view text, const std::string& file, const std::string& scene,
                          Findings& findings) {
  return ListReader(file, scene, findings).read(text);
}

}  // namespace eulerpublisher::catalogue
