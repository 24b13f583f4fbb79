#include "policy/description_rules.h"

#include <array>

#include "oci/name.h"

namespace eulerpublisher {
namespace {

using Kind = YamlNode::Kind;

Result<DescriptionRule::Api> read_api(const YamlDocument& document, const YamlNode& node) {
  if (node.text == "docker-hub") return DescriptionRule::Api::docker_hub;
  if (node.text == "quay") return DescriptionRule::Api::quay;
  if (node.text == "harbor") return DescriptionRule::Api::harbor;
  return document.wrong(node, "'{}' is none of docker-hub, quay and harbor", for_message(node.text));
}

Result<std::string> read_url(const YamlDocument& document, const YamlNode& node) {
  std::string url = node.text;
  while (url.ends_with('/')) url.pop_back();
  bool good = (url.starts_with("https://") || url.starts_with("http://")) &&
              url.find_first_of(" @?#") == url.npos && !url.ends_with(":");
  if (!good) return document.wrong(node, "'{}' is not the address of an API", for_message(node.text));
  return url;
}

Result<DescriptionRule> read_one(const YamlDocument& document, const YamlNode& node) {
  constexpr std::array<std::string_view, 2> known{"api", "url"};
  DescriptionRule rule;
  if (node.kind == Kind::scalar) {
    rule.api = TRY(read_api(document, node));
    return rule;
  }
  if (node.kind != Kind::map)
    return document.wrong(node,
                          "an API is expected here, as in `harbor` or `{{api: harbor, url: https://…}}`");
  bool has_api = false;
  for (const auto& [key, value] : node.entries) {
    if (key.text == "api") {
      rule.api = TRY(read_api(document, value));
      has_api = true;
    } else if (key.text == "url") {
      rule.url = TRY(read_url(document, value));
    } else {
      return document.unknown_key(key, known);
    }
  }
  if (!has_api) return document.wrong(node, "the API is missing: `api: docker-hub`, `quay` or `harbor`");
  return rule;
}

}  // namespace

Result<std::map<std::string, DescriptionRule>> read_description_rules(const YamlDocument& document,
                                                                      const YamlNode& section) {
  if (section.kind != Kind::map)
    return document.wrong(section, "a map of registries is expected here, as in `hub.example: harbor`");
  std::map<std::string, DescriptionRule> rules;
  for (const auto& [host, node] : section.entries) {
    if (!RegistryHost::parse(host.text))
      return document.wrong(host, "'{}' is no registry", for_message(host.text));
    rules[host.text] = TRY(read_one(document, node));
  }
  return rules;
}

}  // namespace eulerpublisher
