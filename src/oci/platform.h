#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace eulerpublisher {

// An operating system and a processor, in the words of the OCI image-spec (GOOS and GOARCH).
struct Platform {
  std::string os = "linux";
  std::string architecture;
  std::string variant;

  // `amd64`, `x86_64`, `aarch64`, `loongarch64`, `linux/arm64`, `linux/arm64/v8` …
  static Result<Platform> parse(std::string_view text);

  // `linux/amd64`, with the variant if there is one.
  std::string text() const;
  // What the kernel, rpm and the release repository call the processor: x86_64, aarch64, loongarch64.
  std::string machine() const;

  auto operator<=>(const Platform&) const = default;
};

// Whether both name the same processor: arm64 and arm64/v8 do.
bool same_machine(const Platform& left, const Platform& right);

// `linux/amd64, linux/arm64`, for people; nothing when there is none.
std::string list_of(const std::vector<Platform>& platforms);

// A list separated by commas; a platform named twice is `invalid`.
Result<std::vector<Platform>> parse_platforms(std::string_view list);

}  // namespace eulerpublisher
