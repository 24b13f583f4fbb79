#include <algorithm>
#include <array>

#include "check/checks.h"

namespace eulerpublisher {
namespace {

constexpr std::array bundles{"etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                             "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/certs/ca-certificates.crt",
                             "etc/ssl/cert.pem", "etc/pki/tls/cert.pem"};

void look(const CheckedPlatform& one, const Subject&, Findings& findings) {
  std::string empty;
  for (const char* path : bundles) {
    const FileFact* file = one.root->find(path);
    if (file && file->size > 0) return;
    if (file) empty = path;
  }
  findings.push_back({one.platform.text(),
                      empty.empty() ? "there are no CA certificates: no program in it can speak TLS"
                                    : fmt::format("/{} is empty: no program in it can speak TLS", empty)});
}

// An image that is no whole system need not speak TLS, unless the policy says so.
std::optional<std::string> needless(const Subject& subject) {
  bool required = subject.rules.of("ca-bundle").required.value_or(subject.expected.version.has_value());
  bool there = std::ranges::any_of(subject.image.platforms, [](const CheckedPlatform& one) {
    return std::ranges::any_of(bundles, [&](const char* path) { return one.root->at(path) != nullptr; });
  });
  if (required || there) return std::nullopt;
  return "it has no CA certificates, and nothing says that it needs some";
}

}  // namespace

Check ca_bundle_check() {
  return {.name = "ca-bundle",
          .reason = "without CA certificates neither dnf nor anything else reaches an https address",
          .severity = Severity::warning,
          .needs = Needs::layers,
          .look = on_each_platform(look),
          .needless = needless};
}

}  // namespace eulerpublisher
