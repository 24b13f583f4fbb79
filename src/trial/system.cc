#include "inspect/os_release.h"
#include "trial/trials.h"

namespace eulerpublisher {
namespace {

// Whether the kernel's word for the processor is what a program of this platform is told.
bool fits(const std::string& machine, const Platform& platform) {
  if (machine == platform.machine()) return true;
  if (platform.architecture == "386") return machine == "x86_64" || machine == "i386" || machine == "i586";
  return platform.architecture == "arm" && machine.starts_with("arm");
}

Result<Tried> look(Trial& trial) {
  const Probe& probe = *TRY(trial.probe());
  Tried tried;
  std::string where = trial.platform.platform.text();
  const Answer& machine = probe["machine"];
  if (machine.there && !fits(machine.text, trial.platform.platform))
    tried.findings.push_back({where, fmt::format("`uname -m` says {}", brief(machine.text)), {}});
  if (!trial.expected.version) return tried;
  const Answer& os_release = probe["os-release"];
  auto version = os_release_value(os_release.text, "VERSION");
  if (!os_release.there || os_release.status != 0) {
    tried.findings.push_back(
        {where, "/etc/os-release cannot be read: " + brief(os_release.text), os_release.text});
  } else if (!version || plain_version(*version) != trial.expected.version->text()) {
    tried.findings.push_back({where,
                              fmt::format("/etc/os-release says VERSION={}, which is not {}",
                                          brief(version.value_or("")), trial.expected.version->text()),
                              os_release.text});
  }
  return tried;
}

}  // namespace

TrialCheck system_trial() {
  return {.name = "system",
          .reason = "what runs must be the version and the processor that its name says",
          .severity = Severity::blocker,
          .look = look};
}

}  // namespace eulerpublisher
