#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace eulerpublisher {

struct YamlEntry;

// A node of a YAML document, as it was written: 24.10 stays 24.10, on stays on.
struct YamlNode {
  enum class Kind { nothing, scalar, list, map };

  Kind kind = Kind::nothing;
  std::string text;                // of a scalar
  std::vector<YamlNode> items;     // of a list
  std::vector<YamlEntry> entries;  // of a map, in the order of the file
  int line = 1;                    // both count from one
  int column = 1;
};

// A key is a scalar, and stands only once in its map.
struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

// What is wrong with a document, and where; both count from one.
struct YamlFault {
  int line = 1;
  int column = 1;
  std::string text;
};

// What to do with a key that stands twice in one map: refuse the document, or keep both for whoever reads it.
enum class RepeatedKeys { refused, kept };

// The root of one document, under the rules that YamlDocument tells; for whoever reports faults in a way of
// his own.
tl::expected<YamlNode, YamlFault> parse_yaml(std::string_view text, RepeatedKeys repeated);

// A configuration file.  What it accepts of YAML is what such files need: one document; no anchors and
// aliases, no tags but !!str, no key twice in a map, at most 1 MiB, 100000 nodes and 32 levels.  Any bytes
// may be handed in.
class YamlDocument {
 public:
  // `name` is how messages call the file.  `invalid` with `name:line:column: ` in front.
  static Result<YamlDocument> parse(std::string_view text, const std::string& name);

  const YamlNode& root() const { return root_; }

  // An `invalid` error that points at a node.
  template <class... A>
  Error wrong(const YamlNode& node, fmt::format_string<A...> text, A&&... arguments) const {
    return wrong_text(node, fmt::format(text, std::forward<A>(arguments)...));
  }
  // `on` and `off`, `true` and `false`, `yes` and `no`, in any case; all else is wrong().
  Result<bool> on_or_off(const YamlNode& node) const;
  // That `key` is none of `known`; names the nearest of them when one is near, else all.
  Error unknown_key(const YamlNode& key, std::span<const std::string_view> known) const;

 private:
  YamlDocument(std::string name, YamlNode root) : name_(std::move(name)), root_(std::move(root)) {}
  Error wrong_text(const YamlNode& node, const std::string& text) const;

  std::string name_;
  YamlNode root_;
};

// A piece of a file as a message can show it: cut to 60 bytes, without control characters.
std::string for_message(std::string_view text);

}  // namespace eulerpublisher
