#include "inspect/os_release.h"

#include <algorithm>

namespace eulerpublisher {

std::optional<std::string> os_release_value(std::string_view os_release, std::string_view key) {
  std::optional<std::string> value;
  while (!os_release.empty()) {
    std::string_view line = os_release.substr(0, os_release.find('\n'));
    os_release.remove_prefix(std::min(line.size() + 1, os_release.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with(key) || line.substr(key.size(), 1) != "=") continue;
    line.remove_prefix(key.size() + 1);
    char quote = line.empty() ? '\0' : line.front();
    if ((quote == '"' || quote == '\'') && line.size() >= 2 && line.back() == quote)
      line = line.substr(1, line.size() - 2);
    value = std::string(line);
  }
  return value;
}

std::string plain_version(std::string_view version) {
  std::string plain;
  for (char c : version) {
    if (c == '(' || c == ')') continue;
    bool gap = c == ' ' || c == '\t' || c == '-';
    if (gap && (plain.empty() || plain.back() == '-')) continue;
    plain += gap ? '-' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  while (plain.ends_with('-')) plain.pop_back();
  return plain;
}

}  // namespace eulerpublisher
