#include "policy/build_rules.h"

#include <algorithm>
#include <array>

#include "base/duration.h"

namespace eulerpublisher {
namespace {

using Kind = YamlNode::Kind;
using Read = Done (*)(const YamlDocument&, const YamlNode&, BuildRules&);

constexpr std::chrono::hours longest_time{7 * 24};

bool is_argument_name(std::string_view name) {
  auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && is_letter(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

// A word that is handed to an engine as it is.
bool is_word(std::string_view text) {
  return !text.empty() && text[0] != '-' &&
         std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

Done read_arguments(const YamlDocument& document, const YamlNode& node, BuildRules& rules) {
  if (node.kind != Kind::map)
    return document.wrong(node, "a map of build arguments is expected here, as in `VERSION: 1.2`");
  for (const auto& [key, value] : node.entries) {
    if (!is_argument_name(key.text))
      return document.wrong(key, "'{}' is no name of a build argument", for_message(key.text));
    if (value.kind != Kind::scalar && value.kind != Kind::nothing)
      return document.wrong(value, "the value of a build argument is text");
    rules.arguments[key.text] = value.text;
  }
  return {};
}

Done read_time_limit(const YamlDocument& document, const YamlNode& node, BuildRules& rules) {
  auto limit = parse_time_limit(node.text);
  if (!limit) return document.wrong(node, "{}", limit.error().text());
  rules.time_limit = *limit;
  return {};
}

Done read_network(const YamlDocument& document, const YamlNode& node, BuildRules& rules) {
  if (node.kind != Kind::scalar || !is_word(node.text))
    return document.wrong(node, "'{}' is no network such as none, host or default", for_message(node.text));
  rules.network = node.text;
  return {};
}

struct Field {
  std::string_view name;
  Read read;
};
constexpr std::array fields{Field{"arguments", read_arguments}, Field{"time-limit", read_time_limit},
                            Field{"network", read_network}};

Result<std::string> one_of(const YamlDocument& document, const YamlNode& node,
                           std::span<const std::string_view> words) {
  if (node.kind == Kind::scalar && std::ranges::find(words, std::string_view(node.text)) != words.end())
    return node.text;
  return document.wrong(node, "'{}' is none of {}", for_message(node.text), fmt::join(words, ", "));
}

Result<BuilderRule> read_builder(const YamlDocument& document, const YamlNode& node) {
  constexpr std::array<std::string_view, 4> engines{"buildah", "podman", "docker", "buildx"};
  constexpr std::array<std::string_view, 3> isolations{"oci", "rootless", "chroot"};
  constexpr std::array<std::string_view, 4> keys{"engine", "name", "platforms", "isolation"};
  if (node.kind != Kind::map)
    return document.wrong(node, "a builder is a map, as in `{{engine: buildah, platforms: amd64}}`");
  BuilderRule rule;
  const YamlNode* name = nullptr;
  const YamlNode* isolation = nullptr;
  for (const auto& [key, value] : node.entries) {
    if (key.text == "engine") {
      rule.engine = TRY(one_of(document, value, engines));
    } else if (key.text == "name") {
      name = &value;
      if (value.kind != Kind::scalar || !is_word(value.text))
        return document.wrong(value, "'{}' is no name of a builder", for_message(value.text));
      rule.name = value.text;
    } else if (key.text == "platforms") {
      rule.platforms = TRY(read_platforms(document, value));
    } else if (key.text == "isolation") {
      isolation = &value;
      rule.isolation = TRY(one_of(document, value, isolations));
    } else {
      return document.unknown_key(key, keys);
    }
  }
  if (rule.engine.empty()) return document.wrong(node, "a builder needs its `engine:`");
  if (name && rule.engine != "buildx")
    return document.wrong(*name, "only buildx has builders by name, {} has none", rule.engine);
  if (isolation && rule.engine != "buildah" && rule.engine != "podman")
    return document.wrong(*isolation, "only buildah and podman can be told how to isolate");
  return rule;
}

}  // namespace

Result<std::chrono::seconds> parse_time_limit(std::string_view text) {
  bool minutes = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  auto limit = parse_duration(minutes ? std::string(text) + "m" : std::string(text));
  if (!limit || *limit < std::chrono::seconds(1) || *limit > longest_time)
    return invalid("'{}' is no time from 1s to 7d, such as 90s, 2h, or 10 for minutes", for_message(text));
  return std::chrono::floor<std::chrono::seconds>(*limit);
}

Result<std::vector<Platform>> read_platforms(const YamlDocument& document, const YamlNode& node) {
  std::string list = node.text;
  for (const YamlNode& item : node.items) list += (list.empty() ? "" : ",") + item.text;
  auto platforms = parse_platforms(list);
  if (node.kind == Kind::map || list.empty() || !platforms)
    return document.wrong(node, "architectures such as amd64,arm64 are expected here");
  return std::move(*platforms);
}

Result<std::vector<BuilderRule>> read_builder_rules(const YamlDocument& document, const YamlNode& section) {
  if (section.kind != Kind::list || section.items.empty())
    return document.wrong(section, "a list of builders is expected here, as in `- engine: buildah`");
  std::vector<BuilderRule> rules;
  for (const YamlNode& item : section.items) rules.push_back(TRY(read_builder(document, item)));
  return rules;
}

Result<BuildRules> read_build_rules(const YamlDocument& document, const YamlNode& section) {
  if (section.kind != Kind::map)
    return document.wrong(section, "`build:` is a map of {}", fmt::join(build_rule_keys(), ", "));
  BuildRules rules;
  for (const auto& [key, value] : section.entries) {
    bool known = TRY(read_build_rule(document, key, value, rules));
    if (!known) return document.unknown_key(key, build_rule_keys());
  }
  return rules;
}

Result<bool> read_build_rule(const YamlDocument& document, const YamlNode& key, const YamlNode& value,
                             BuildRules& rules) {
  auto field = std::ranges::find(fields, std::string_view(key.text), &Field::name);
  if (field == fields.end()) return false;
  TRY(field->read(document, value, rules));
  return true;
}

std::vector<std::string_view> build_rule_keys() {
  std::vector<std::string_view> names;
  for (const Field& field : fields) names.push_back(field.name);
  return names;
}

}  // namespace eulerpublisher
