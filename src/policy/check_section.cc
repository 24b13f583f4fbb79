#include "policy/check_section.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace eulerpublisher {
namespace {

using Kind = YamlNode::Kind;
using Read = Done (*)(const YamlDocument&, const YamlNode&, CheckRule&);

Done read_severity(const YamlDocument& document, const YamlNode& node, CheckRule& rule) {
  auto severity = severity_from(node.text);
  if (node.kind != Kind::scalar || !severity)
    return document.wrong(node, "blocker, warning or note is expected here");
  rule.severity = *severity;
  return {};
}

// An empty list is one, too: nothing is allowed then.
template <auto member>
Done read_list(const YamlDocument& document, const YamlNode& node, CheckRule& rule) {
  std::vector<std::string> list;
  if (node.kind == Kind::scalar && !node.text.empty()) list.push_back(node.text);
  if (node.kind == Kind::map || (node.kind == Kind::scalar && list.empty()))
    return document.wrong(node, "a list is expected here");
  for (const YamlNode& item : node.items) {
    if (item.kind != Kind::scalar || item.text.empty())
      return document.wrong(item, "a plain word is expected here");
    list.push_back(item.text);
  }
  rule.*member = std::move(list);
  return {};
}

Done read_required(const YamlDocument& document, const YamlNode& node, CheckRule& rule) {
  rule.required = TRY(document.on_or_off(node));
  return {};
}

// `25%`
Done read_limit(const YamlDocument& document, const YamlNode& node, CheckRule& rule) {
  double number = 0;
  const char* end_of_text = node.text.data() + node.text.size();
  auto [end, problem] = std::from_chars(node.text.data(), end_of_text, number, std::chars_format::fixed);
  bool whole = problem == std::errc() && end_of_text - end == 1 && *end == '%';
  if (node.kind != Kind::scalar || !whole || !(number >= 0 && number <= 10'000))
    return document.wrong(node, "'{}' is no limit such as 25%", for_message(node.text));
  rule.limit = number / 100;
  return {};
}

struct Field {
  std::string_view name;
  Read read;
  bool KnownCheck::*understood;  // null: by every check
};

constexpr std::array fields{
    Field{"severity", read_severity, nullptr},
    Field{"allowed", read_list<&CheckRule::allowed>, &KnownCheck::allowed},
    Field{"expected", read_list<&CheckRule::expected>, &KnownCheck::expected},
    Field{"required", read_required, &KnownCheck::required},
    Field{"limit", read_limit, &KnownCheck::limit},
};

Done read_rule(const YamlDocument& document, const YamlNode& node, const KnownCheck& check, CheckRule& rule) {
  if (node.kind != Kind::map || node.entries.empty())
    return document.wrong(node, "what is decided about {} is expected here, as in `severity: note`",
                          check.name);
  for (const auto& [key, value] : node.entries) {
    std::vector<std::string_view> understood;
    const Field* meant = nullptr;
    for (const Field& field : fields) {
      if (field.understood && !(check.*field.understood)) continue;
      understood.push_back(field.name);
      if (field.name == key.text) meant = &field;
    }
    if (!meant) return document.unknown_key(key, understood);
    TRY(meant->read(document, value, rule));
  }
  return {};
}

}  // namespace

Result<CheckRules> read_check_rules(const YamlDocument& document, const YamlNode& section) {
  if (section.kind != Kind::map)
    return document.wrong(section,
                          "a map of checks is expected here, as in `size-growth: {{severity: note}}`");
  CheckRules rules = CheckRules::built_in();
  for (const auto& [name, node] : section.entries) {
    auto check = std::ranges::find(known_checks(), std::string_view(name.text), &KnownCheck::name);
    if (check == known_checks().end()) {
      std::vector<std::string_view> names;
      for (const KnownCheck& known : known_checks()) names.push_back(known.name);
      return document.unknown_key(name, names);
    }
    CheckRule rule = rules.of(check->name);
    TRY(read_rule(document, node, *check, rule));
    rules.set(check->name, std::move(rule));
  }
  return rules;
}

}  // namespace eulerpublisher
