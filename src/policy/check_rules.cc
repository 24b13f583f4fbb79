#include "policy/check_rules.h"

#include <algorithm>
#include <array>

namespace eulerpublisher {
namespace {

constexpr std::array<KnownCheck, 8> checks{{
    {.name = "tags"},
    {.name = "platforms"},
    {.name = "blobs"},
    {.name = "layers"},
    {.name = "configuration"},
    {.name = "os-release"},
    {.name = "architecture"},
    {.name = "secrets", .allowed = true},
}};

constexpr std::array<std::string_view, 3> severities{"note", "warning", "blocker"};

bool covers(std::string_view pattern, std::string_view what) {
  if (pattern.ends_with('*')) return what.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == what;
}

}  // namespace

std::string_view name_of(Severity severity) { return severities[static_cast<size_t>(severity)]; }

std::optional<Severity> severity_from(std::string_view name) {
  auto found = std::ranges::find(severities, name);
  if (found == severities.end()) return std::nullopt;
  return static_cast<Severity>(found - severities.begin());
}

std::span<const KnownCheck> known_checks() { return checks; }

CheckRules CheckRules::built_in() { return {}; }

const CheckRule& CheckRules::of(std::string_view check) const {
  static const CheckRule none;
  auto found = rules_.find(check);
  return found == rules_.end() ? none : found->second;
}

bool CheckRules::allows(std::string_view check, std::string_view what) const {
  return std::ranges::any_of(of(check).allowed, [&](const std::string& one) { return covers(one, what); });
}

}  // namespace eulerpublisher
