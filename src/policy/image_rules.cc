#include "policy/image_rules.h"

namespace eulerpublisher {
namespace {

using Kind = YamlNode::Kind;

Result<ImageRules> read_one(const YamlDocument& document, const YamlNode& node) {
  if (node.kind != Kind::map)
    return document.wrong(node, "what is special about an image is expected here, as in `latest: TAG`");
  ImageRules rules;
  for (const auto& [key, value] : node.entries) {
    if (key.text == "latest") {
      auto tag = Tag::parse(value.text);
      if (value.kind != Kind::scalar || !tag || tag->text() == "latest")
        return document.wrong(value, "'{}' is not a tag that `latest` could stand for",
                              for_message(value.text));
      rules.latest = *tag;
    } else if (key.text == "optional") {
      rules.optional = TRY(read_platforms(document, value));
    } else {
      bool known = TRY(read_build_rule(document, key, value, rules.build));
      if (known) continue;
      std::vector<std::string_view> names = build_rule_keys();
      names.insert(names.begin(), {"latest", "optional"});
      return document.unknown_key(key, names);
    }
  }
  return rules;
}

}  // namespace

Result<std::map<std::string, ImageRules>> read_image_rules(const YamlDocument& document,
                                                           const YamlNode& section) {
  if (section.kind != Kind::map)
    return document.wrong(section, "a map of images is expected here, as in `neo4j: {{latest: TAG}}`");
  std::map<std::string, ImageRules> images;
  for (const auto& [name, node] : section.entries) {
    if (name.text.find('/') != name.text.npos || !RepositoryName::parse(name.text))
      return document.wrong(name, "'{}' is no name of an image", for_message(name.text));
    images[name.text] = TRY(read_one(document, node));
  }
  return images;
}

}  // namespace eulerpublisher
