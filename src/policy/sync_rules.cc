#include "policy/sync_rules.h"

#include <array>
#include <charconv>

#include "base/duration.h"

namespace eulerpublisher {
namespace {

using Read = Done (*)(const YamlDocument&, const YamlNode&, SyncRules&);

template <auto member>
Done read_time(const YamlDocument& document, const YamlNode& node, SyncRules& rules) {
  auto time = parse_duration(node.text);
  if (!time) return document.wrong(node, "'{}' is not a time such as 15m or 6h", for_message(node.text));
  rules.*member = *time;
  return {};
}

Done read_tries(const YamlDocument& document, const YamlNode& node, SyncRules& rules) {
  int number = 0;
  const char* end_of_text = node.text.data() + node.text.size();
  auto [end, problem] = std::from_chars(node.text.data(), end_of_text, number);
  if (problem != std::errc() || end != end_of_text || number < 1 || number > 1000)
    return document.wrong(node, "'{}' is not a number of tries from 1 to 1000", for_message(node.text));
  rules.tries = number;
  return {};
}

Done read_dated_tags(const YamlDocument& document, const YamlNode& node, SyncRules& rules) {
  rules.dated_tags = TRY(document.on_or_off(node));
  return {};
}

struct Key {
  std::string_view name;
  Read read;
};
constexpr std::array<Key, 5> keys{{{"not-yet-limit", read_time<&SyncRules::not_yet_limit>},
                                   {"first-wait", read_time<&SyncRules::first_wait>},
                                   {"longest-wait", read_time<&SyncRules::longest_wait>},
                                   {"tries", read_tries},
                                   {"dated-tags", read_dated_tags}}};

}  // namespace

Result<SyncRules> read_sync_rules(const YamlDocument& document, const YamlNode& section) {
  if (section.kind != YamlNode::Kind::map)
    return document.wrong(section, "a map is expected here, as in `dated-tags: on`");
  std::array<std::string_view, keys.size()> names;
  for (size_t i = 0; i < keys.size(); ++i) names[i] = keys[i].name;
  SyncRules rules;
  for (const auto& [key, value] : section.entries) {
    const Key* known = nullptr;
    for (const Key& one : keys)
      if (one.name == key.text) known = &one;
    if (!known) return document.unknown_key(key, names);
    TRY(known->read(document, value, rules));
  }
  if (rules.longest_wait < rules.first_wait)
    return document.wrong(section, "the longest wait, {}, is shorter than the first, {}",
                          text_of(rules.longest_wait), text_of(rules.first_wait));
  return rules;
}

}  // namespace eulerpublisher
