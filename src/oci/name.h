#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace eulerpublisher {

// A tag: [A-Za-z0-9_][A-Za-z0-9._-]{0,127} (OCI distribution-spec, "Pulling manifests").
class Tag {
 public:
  static Result<Tag> parse(std::string_view text);
  const std::string& text() const { return text_; }
  auto operator<=>(const Tag&) const = default;

 private:
  explicit Tag(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// The name of a repository within its registry, `openeuler/openeuler` (OCI distribution-spec, "Pulling manifests").
class RepositoryName {
 public:
  static Result<RepositoryName> parse(std::string_view text);
  const std::string& text() const { return text_; }
  auto operator<=>(const RepositoryName&) const = default;

 private:
  explicit RepositoryName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// A registry's host name or address, with a port if it has one: `quay.io`, `127.0.0.1:5000`, `[::1]:5000`.
class RegistryHost {
 public:
  static Result<RegistryHost> parse(std::string_view text);
  const std::string& text() const { return text_; }
  // Without port and brackets.
  std::string host() const;
  // 127.0.0.0/8, ::1 or localhost.
  bool is_loopback() const;
  auto operator<=>(const RegistryHost&) const = default;

 private:
  explicit RegistryHost(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace eulerpublisher
