#include "policy/tag_parts.h"

namespace eulerpublisher {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// Takes `word` off the front, and a dash before it if there is one.
bool take(std::string_view& text, std::string_view word) {
  std::string_view rest = text;
  if (rest.starts_with('-')) rest.remove_prefix(1);
  if (!rest.starts_with(word)) return false;
  text = rest.substr(word.size());
  return true;
}

// What stands behind the dash, in lower case: oe2403sp1, oe24.03lts, 22.03-lts, 20.03-lts-sp1, 25.03.
std::optional<Version> openeuler_part(std::string_view text, const std::optional<Version>& folder) {
  bool marked = take(text, "oe");
  if (text.size() < 4 || !is_digit(text[0]) || !is_digit(text[1])) return std::nullopt;
  std::string version(text.substr(0, 2));
  text.remove_prefix(2);
  bool dotted = text.starts_with('.');
  if (dotted) text.remove_prefix(1);
  if (text.size() < 2 || !is_digit(text[0]) || !is_digit(text[1])) return std::nullopt;
  version += fmt::format(".{}", text.substr(0, 2));
  text.remove_prefix(2);
  bool lts = take(text, "lts");
  std::string service_pack;
  if (take(text, "sp")) {
    service_pack = fmt::format("-sp{}", text);
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  if (lts || !service_pack.empty()) version += "-lts" + service_pack;
  auto parsed = Version::parse(version);
  if (!parsed) return std::nullopt;
  if (!marked && !(dotted && (lts || folder == *parsed))) return std::nullopt;
  return *parsed;
}

}  // namespace

TagParts split_tag(std::string_view tag, const std::optional<Version>& folder) {
  std::string folded = lower(tag);
  // The longest ending counts: -20.03-lts-sp1 holds dashes of its own.
  for (size_t dash = folded.find('-'); dash != folded.npos; dash = folded.find('-', dash + 1)) {
    auto version = openeuler_part(std::string_view(folded).substr(dash + 1), folder);
    if (version && dash > 0)
      return {std::string(tag.substr(0, dash)), version, folded.compare(dash + 1, 2, "oe") == 0};
  }
  return {std::string(tag), std::nullopt};
}

}  // namespace eulerpublisher
