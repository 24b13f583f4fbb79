#include <algorithm>
#include <array>

#include "check/checks.h"
#include "check/evidence.h"
#include "check/lines.h"
#include "inspect/interest.h"

namespace eulerpublisher {
namespace {

bool is_key_of_a_host(std::string_view path) {
  std::string_view base = base_of(path);
  return folder_of(path) == "etc/ssh" && base.starts_with("ssh_host_") &&
         (base.ends_with("_key") || base.ends_with("_key.pub"));
}

bool is_list_of_keys(std::string_view path) {
  std::string_view base = base_of(path);
  return (base == "authorized_keys" || base == "authorized_keys2") && base_of(folder_of(path)) == ".ssh";
}

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  static constexpr std::array<std::string_view, 3> seeds{"var/lib/systemd/random-seed", "var/lib/random-seed",
                                                         "var/lib/urandom/random-seed"};
  std::string where = one.platform.text();
  auto report = [&](std::string_view path, std::string_view what) {
    if (!subject.rules.allows("identity", "/" + std::string(path)))
      findings.push_back({where, fmt::format("/{} {}", for_evidence(path), what)});
  };
  for (const char* path : {"etc/machine-id", "var/lib/dbus/machine-id"}) {
    const FileFact* file = one.root->at(path);
    if (!file || !file->content()) continue;
    std::string_view id = trimmed(fields_of(*file->content(), '\n').front());
    if (!id.empty() && id != "uninitialized")
      report(path,
             fmt::format("is not empty ({}): every container would be the same machine", for_evidence(id)));
  }
  // In every layer: a key that an upper one takes away can still be pulled.
  for (const InspectedLayer& layer : one.layers)
    for (const FileFact& file : layer.report->files) {
      if (file.type != TarEntry::Type::file || file.size == 0) continue;
      if (is_key_of_a_host(file.name)) report(file.name, "is a host's key: made once, known to everybody");
      if (is_list_of_keys(file.name)) report(file.name, "lets somebody in");
      if (std::ranges::find(seeds, file.name) != seeds.end())
        report(file.name, "is a seed of chance: every container would begin with the same");
    }
}

}  // namespace

Check identity_check() {
  return {.name = "identity",
          .reason = "machine-id, host keys and authorized_keys belong to one machine, never to an image",
          .severity = Severity::blocker,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
