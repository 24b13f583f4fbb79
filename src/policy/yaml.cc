#include "policy/yaml.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <unordered_set>

#include "base/nearest.h"

namespace eulerpublisher {
namespace {

constexpr size_t largest_file = 1 << 20;  // bytes
constexpr size_t most_nodes = 100000;
constexpr size_t deepest = 32;

std::string place(const std::string& name, int line, int column) {
  return fmt::format("{}:{}:{}", name, line, column);
}

// Builds the tree from yaml-cpp's events.  Its own tree would do, were it not silent about a key that stands
// twice. Refuses by yaml-cpp's exception, which ends the parsing and is caught where that was begun.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(RepeatedKeys repeated) : repeated_(repeated) {}
  YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    refuse(mark, "anchors (&name) are not accepted here: write the value out");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases (*name) are not accepted here: write the value out");
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(mark, {}); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    refuse_tag(mark, tag);
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.text = value;
    add(mark, std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  // A list or map whose end has not been seen.
  struct Open {
    YamlNode node;
    std::unordered_set<std::string> keys;
    bool value_is_next = false;
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, const std::string& why) {
    throw YAML::ParserException(mark, why);
  }
  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    bool plain = tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str";
    if (!plain) refuse(mark, "the YAML tag " + for_message(tag) + " is not accepted here");
  }

  void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind) {
    refuse_tag(mark, tag);
    if (open_.size() >= deepest) refuse(mark, fmt::format("this is nested deeper than {} levels", deepest));
    Open& inner = open_.emplace_back();
    inner.node.kind = kind;
    inner.node.line = mark.line + 1;
    inner.node.column = mark.column + 1;
  }
  void close() {
    YamlNode done = std::move(open_.back().node);
    open_.pop_back();
    place_in_parent(std::move(done));
  }
  void add(const YAML::Mark& mark, YamlNode node) {
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    place_in_parent(std::move(node));
  }

  void place_in_parent(YamlNode node) {
    YAML::Mark mark;
    mark.line = node.line - 1;
    mark.column = node.column - 1;
    if (++nodes_ > most_nodes)
      refuse(mark, fmt::format("there are more than {} values in this file", most_nodes));
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.value_is_next) {
      parent.node.entries.back().value = std::move(node);
      parent.value_is_next = false;
    } else {
      if (node.kind != YamlNode::Kind::scalar) refuse(mark, "a key must be a plain word");
      if (!parent.keys.insert(node.text).second && repeated_ == RepeatedKeys::refused)
        refuse(mark, fmt::format("the key '{}' is given twice", for_message(node.text)));
      parent.node.entries.push_back({std::move(node), YamlNode{}});
      parent.value_is_next = true;
    }
  }

  RepeatedKeys repeated_;
  YamlNode root_;
  std::vector<Open> open_;
  size_t nodes_ = 0;
};

}  // namespace

std::string for_message(std::string_view text) {
  constexpr size_t longest = 60;
  std::string shown;
  for (char c : text.substr(0, longest)) shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  // A character of several bytes is not cut in two.
  if (text.size() > longest) {
    while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xc0) == 0x80) shown.pop_back();
    if (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0x80) != 0) shown.pop_back();
    shown += "…";
  }
  return shown;
}

tl::expected<YamlNode, YamlFault> parse_yaml(std::string_view text, RepeatedKeys repeated) {
  using Fault = tl::unexpected<YamlFault>;
  auto fault = [](const YAML::Exception& error, std::string what) {
    return Fault({error.mark.line + 1, error.mark.column + 1, std::move(what)});
  };
  std::istringstream stream{std::string(text)};
  TreeBuilder tree(repeated);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(tree)) return YamlNode{};
    TreeBuilder second(repeated);
    if (parser.HandleNextDocument(second)) {
      YamlNode begin = second.take_root();
      return Fault({begin.line, begin.column, "a second document begins here; one is accepted"});
    }
    return tree.take_root();
  } catch (const YAML::DeepRecursion& error) {
    return fault(error, fmt::format("this is nested deeper than {} levels", deepest));
  } catch (const YAML::Exception& error) {
    return fault(error, error.msg);
  } catch (const std::exception& error) {
    return Fault({1, 1, fmt::format("this is not YAML: {}", error.what())});
  }
}

Result<YamlDocument> YamlDocument::parse(std::string_view text, const std::string& name) {
  if (text.size() > largest_file)
    return invalid("{} is larger than {} bytes: is it the right file?", name, largest_file);
  auto root = parse_yaml(text, RepeatedKeys::refused);
  if (!root)
    return invalid("{}: {}", place(name, root.error().line, root.error().column), root.error().text);
  return YamlDocument(name, std::move(*root));
}

Error YamlDocument::wrong_text(const YamlNode& node, const std::string& text) const {
  return invalid("{}: {}", place(name_, node.line, node.column), text);
}

Result<bool> YamlDocument::on_or_off(const YamlNode& node) const {
  constexpr std::array<std::string_view, 3> on{"on", "true", "yes"};
  constexpr std::array<std::string_view, 3> off{"off", "false", "no"};
  std::string word = node.text;
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
  if (std::ranges::find(on, word) != on.end()) return true;
  if (std::ranges::find(off, word) != off.end()) return false;
  return wrong(node, "on or off is expected here");
}

Error YamlDocument::unknown_key(const YamlNode& key, std::span<const std::string_view> known) const {
  std::string_view text = std::string_view(key.text).substr(0, 60);
  if (auto meant = nearest(text, known))
    return wrong(key, "unknown key '{}'; did you mean '{}'?", for_message(key.text), *meant);
  return wrong(key, "unknown key '{}'; known here are {}", for_message(key.text), fmt::join(known, ", "));
}

}  // namespace eulerpublisher
