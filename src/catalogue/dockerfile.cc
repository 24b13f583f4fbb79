#include "catalogue/dockerfile.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "catalogue/dockerfile_reader.h"

namespace eulerpublisher::catalogue {
namespace {

bool is_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// Fills arguments into a FROM or an ARG: $NAME, ${NAME}, ${NAME:-default}, ${NAME:+other}.  What has no value
// and what is not understood stays as it is written.
class Filler {
 public:
  explicit Filler(const Arguments& values) : values_(values) {}

  std::string fill(std::string_view text) {
    std::string filled;
    for (size_t i = 0; i < text.size(); ++i) {
      char c = text[i];
      if (c == '\\' && i + 1 < text.size()) {
        filled += text[++i];
      } else if (c == '$' && i + 1 < text.size() && text[i + 1] == '{') {
        size_t end = closing_brace(text, i + 1);
        if (end == text.npos) return filled + std::string(text.substr(i));
        filled += braced(text.substr(i + 2, end - i - 2));
        i = end;
      } else if (c == '$' && i + 1 < text.size() && is_name(text[i + 1])) {
        size_t end = i + 1;
        while (end < text.size() && is_name(text[end])) ++end;
        filled += value(text.substr(i + 1, end - i - 1), text.substr(i, end - i));
        i = end - 1;
      } else if (c != '"' && c != '\'') {
        filled += c;
      }
    }
    return filled;
  }

  bool complete = true;  // nothing was left as it is

 private:
  static size_t closing_brace(std::string_view text, size_t open) {
    int depth = 0;
    for (size_t i = open; i < text.size(); ++i) {
      if (text[i] == '{') ++depth;
      if (text[i] == '}' && --depth == 0) return i;
    }
    return text.npos;
  }

  std::string braced(std::string_view inner) {
    size_t end = 0;
    while (end < inner.size() && is_name(inner[end])) ++end;
    std::string_view name = inner.substr(0, end);
    std::string_view rest = inner.substr(end);
    std::string whole = fmt::format("${{{}}}", inner);
    if (rest.empty()) return value(name, whole);
    bool empty_is_unset = rest.starts_with(':');
    if (empty_is_unset) rest.remove_prefix(1);
    auto found = values_.find(std::string(name));
    bool set = found != values_.end() && !(empty_is_unset && found->second.empty());
    if (rest.starts_with('-')) return set ? found->second : fill(rest.substr(1));
    if (rest.starts_with('+')) return set ? fill(rest.substr(1)) : std::string();
    if (rest.starts_with('?') && set) return found->second;
    complete = false;
    return whole;
  }

  std::string value(std::string_view name, std::string_view otherwise) {
    auto found = values_.find(std::string(name));
    if (found != values_.end()) return found->second;
    complete = false;
    return std::string(otherwise);
  }

  const Arguments& values_;
};

// What BuildKit gives every build.
Arguments platform_arguments(const Platform& platform) {
  Arguments values;
  for (const char* side : {"TARGET", "BUILD"}) {
    std::string prefix = side;
    values[prefix + "PLATFORM"] = platform.text();
    values[prefix + "OS"] = platform.os;
    values[prefix + "ARCH"] = platform.architecture;
    values[prefix + "VARIANT"] = platform.variant;
  }
  return values;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace

Dockerfile Dockerfile::read(std::string_view text, const std::string& file, Findings& findings) {
  return DockerfileReader(text, file, findings).read();
}

std::vector<Base> Dockerfile::every_base(const Platform& platform, const Arguments& arguments) const {
  Arguments values = platform_arguments(platform);
  for (const Argument& argument : arguments_) {
    auto given = arguments.find(argument.name);
    if (given != arguments.end())
      values[argument.name] = given->second;
    else if (argument.value)
      values[argument.name] = Filler(values).fill(*argument.value);
  }

  // Which earlier stage a reference names: by its name, or by its number in a COPY or RUN.
  auto earlier_stage = [&](const std::string& reference, size_t before,
                           bool is_start) -> std::optional<size_t> {
    for (size_t i = before; i-- > 0;)
      if (!stages_[i].name.empty() && stages_[i].name == lower(reference)) return i;
    size_t number = 0;
    auto [end, error] = std::from_chars(reference.data(), reference.data() + reference.size(), number);
    bool is_number = error == std::errc() && end == reference.data() + reference.size();
    return !is_start && is_number && number < before ? std::optional(number) : std::nullopt;
  };

  std::vector<std::vector<Base>> by_stage(stages_.size());
  std::set<size_t> reached;
  if (!stages_.empty()) reached.insert(stages_.size() - 1);
  size_t root = stages_.size() - 1;  // the stage that the last one begins with
  // Stages reach earlier ones only: from the last to the first, each is complete when its turn comes.
  for (size_t i = stages_.size(); i-- > 0;) {
    if (!reached.contains(i)) continue;
    for (const Need& need : stages_[i].needs) {
      Filler filler(values);
      std::string reference = filler.fill(need.reference);
      if (auto stage = earlier_stage(reference, i, need.is_start)) {
        reached.insert(*stage);
        if (need.is_start && i == root) root = *stage;
        continue;
      }
      if (reference == "scratch" && need.is_start) continue;
      bool is_root = need.is_start && i == root;
      Base base{reference, need.line, need.is_start, is_root, filler.complete, platform, platform};
      auto asked = Platform::parse(Filler(values).fill(stages_[i].platform));
      if (need.is_start && asked) base.platform = *asked;
      by_stage[i].push_back(std::move(base));
    }
  }

  std::vector<Base> bases;
  for (auto& of_stage : by_stage) std::ranges::move(of_stage, std::back_inserter(bases));
  return bases;
}

std::vector<Base> Dockerfile::bases(const Platform& platform, const Arguments& arguments) const {
  std::vector<Base> bases;
  for (Base& base : every_base(platform, arguments)) {
    auto same = std::ranges::find_if(bases, [&](const Base& other) {
      return other.reference == base.reference && other.platform == base.platform;
    });
    if (same == bases.end()) {
      bases.push_back(std::move(base));
    } else {
      same->is_start |= base.is_start;
      same->is_root |= base.is_root;
    }
  }
  return bases;
}

}  // namespace eulerpublisher::catalogue
