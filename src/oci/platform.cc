#include "oci/platform.h"

#include <algorithm>
#include <array>
#include <utility>

namespace eulerpublisher {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> machines{{
    {"x86_64", "amd64"},
    {"aarch64", "arm64"},
    {"loongarch64", "loong64"},
    {"riscv64", "riscv64"},
    {"ppc64le", "ppc64le"},
    {"s390x", "s390x"},
    {"i686", "386"},
    {"armv7l", "arm"},
}};

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

}  // namespace

Result<Platform> Platform::parse(std::string_view text) {
  Platform platform;
  std::string_view rest = text;
  size_t slash = rest.find('/');
  if (slash != rest.npos) {
    platform.os = rest.substr(0, slash);
    rest = rest.substr(slash + 1);
    slash = rest.find('/');
    if (slash != rest.npos) {
      platform.variant = rest.substr(slash + 1);
      rest = rest.substr(0, slash);
      if (!is_word(platform.variant)) return invalid("'{}' is not a platform such as linux/arm64/v8", text);
    }
  }
  platform.architecture = rest;
  for (auto [machine, architecture] : machines)
    if (rest == machine) platform.architecture = architecture;
  bool known =
      std::ranges::any_of(machines, [&](auto& pair) { return pair.second == platform.architecture; });
  if (!known || !is_word(platform.os))
    return invalid("'{}' is no architecture known here (amd64, arm64, loong64 …)", text);
  return platform;
}

std::string Platform::text() const {
  return os + "/" + architecture + (variant.empty() ? "" : "/" + variant);
}

std::string Platform::machine() const {
  for (auto [machine, name] : machines)
    if (architecture == name) return std::string(machine);
  return architecture;
}

bool same_machine(const Platform& left, const Platform& right) {
  auto plain = [](const Platform& platform) {
    bool implied = platform.architecture == "arm64" && platform.variant == "v8";
    return implied ? std::string{} : platform.variant;
  };
  return left.os == right.os && left.architecture == right.architecture && plain(left) == plain(right);
}

std::string list_of(const std::vector<Platform>& platforms) {
  std::string list;
  for (const Platform& platform : platforms) list += (list.empty() ? "" : ", ") + platform.text();
  return list;
}

Result<std::vector<Platform>> parse_platforms(std::string_view list) {
  std::vector<Platform> platforms;
  while (true) {
    size_t comma = list.find(',');
    std::string_view word = list.substr(0, comma);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    Platform platform = TRY(Platform::parse(word));
    if (std::ranges::find(platforms, platform) != platforms.end())
      return invalid("the architecture {} is named twice", platform.architecture);
    platforms.push_back(platform);
    if (comma == list.npos) return platforms;
    list = list.substr(comma + 1);
  }
}

}  // namespace eulerpublisher
