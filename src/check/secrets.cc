#include "inspect/secrets.h"

#include "check/checks.h"

namespace eulerpublisher {
namespace {

// In every layer: what an upper one removes can still be pulled.
void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  for (size_t i = 0; i < one.layers.size(); ++i)
    for (const SecretFound& secret : one.layers[i].report->secrets)
      if (!subject.rules.allows("secrets", "/" + secret.file))
        findings.push_back({one.platform.text(), fmt::format("layer {}: /{} line {} holds {}", i + 1,
                                                             secret.file, secret.line, secret.kind)});
}

}  // namespace

Check secrets_check() {
  return {.name = "secrets",
          .reason = "a key in a public image is known to everybody from the first pull on",
          .severity = Severity::blocker,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
