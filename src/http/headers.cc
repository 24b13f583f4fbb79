#include <algorithm>

#include "http/client.h"

namespace eulerpublisher::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

}  // namespace

void Headers::set(const std::string& name, std::string value) {
  remove(name);
  add(name, std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(list_, [&](const auto& header) { return same_name(header.first, name); });
}

std::optional<std::string> Headers::get(std::string_view name) const {
  for (const auto& [own, value] : list_)
    if (same_name(own, name)) return value;
  return std::nullopt;
}

std::vector<std::string> Headers::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [own, value] : list_)
    if (same_name(own, name)) values.push_back(value);
  return values;
}

}  // namespace eulerpublisher::http
