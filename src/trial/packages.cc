// What the image's own package tools say about it.

#include <algorithm>
#include <array>
#include <sstream>

#include "trial/trials.h"

namespace eulerpublisher {
namespace {

// A line of `rpm -Va` about a program or library whose bytes or size are not what its package has brought, or
// that is missing: its path.  What is marked as configuration, documentation and the like may differ.
std::optional<std::string> changed_binary(const std::string& line) {
  size_t slash = line.find(" /");
  if (slash == line.npos) return std::nullopt;
  std::string verdict = line.substr(0, line.find(' '));
  bool marked = slash >= 2 && line[slash - 1] != ' ' && line[slash - 2] == ' ' && slash - 1 >= verdict.size();
  if (marked) return std::nullopt;
  bool missing = verdict == "missing";
  bool changed = verdict.size() >= 3 && (verdict[0] == 'S' || verdict[2] == '5');
  if (!missing && !changed) return std::nullopt;
  std::string path = line.substr(slash + 1);
  constexpr std::array<std::string_view, 8> places{"/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/lib64/",
                                                   "/bin/",     "/sbin/",     "/lib/",     "/lib64/"};
  bool binary = std::ranges::any_of(places, [&](std::string_view place) { return path.starts_with(place); });
  // Python writes these itself.
  if (!binary || path.find("/__pycache__/") != path.npos) return std::nullopt;
  return fmt::format("{} {}", path, missing ? "is missing" : "has changed since its package was installed");
}

Result<Tried> look_at_rpm(Trial& trial) {
  const Probe& probe = *TRY(trial.probe());
  Tried tried;
  std::string where = trial.platform.platform.text();
  const Answer &list = probe["rpm"], &verify = probe["verify"];
  if (!list.there) {
    tried.not_run = "it has no rpm";
    return tried;
  }
  if (list.status != 0 || list.text.empty() || list.text.find("error:") != list.text.npos) {
    std::string says = list.text.empty() ? "no package" : brief(list.text);
    tried.findings.push_back({where, "`rpm -qa` says: " + says, list.text});
    return tried;
  }
  if (!verify.there) return unavailable("`rpm -Va` did not end");
  std::istringstream lines(verify.text);
  for (std::string line; std::getline(lines, line);)
    if (auto changed = changed_binary(line)) tried.findings.push_back({where, *changed, line});
  return tried;
}

// dnf, or yum where that is missing; empty: neither.
std::string manager_in(const Probe& probe) {
  for (const char* name : {"dnf", "yum"})
    if (probe[name].there) return name;
  return {};
}

Result<Tried> look_at_manager(Trial& trial) {
  const Probe& probe = *TRY(trial.probe());
  Tried tried;
  std::string where = trial.platform.platform.text(), manager = manager_in(probe);
  if (manager.empty()) {
    tried.not_run = "it has neither dnf nor yum";
    return tried;
  }
  const Answer &version = probe[manager], &list = probe[manager + "-repolist"];
  if (version.status != 0)
    tried.findings.push_back(
        {where, fmt::format("`{} --version` fails: {}", manager, brief(version.text)), version.text});
  if (!list.there || list.status != 0) {
    tried.findings.push_back(
        {where, fmt::format("`{} repolist` fails: {}", manager, brief(list.text)), list.text});
  } else if (list.text.empty()) {
    tried.findings.push_back({where, fmt::format("`{} repolist` lists no repository", manager), {}});
  }
  return tried;
}

Result<Tried> look_at_install(Trial& trial) {
  Tried tried;
  const Probe& probe = *TRY(trial.probe());
  std::string manager = manager_in(probe);
  if (manager.empty()) {
    tried.not_run = "it has neither dnf nor yum";
    return tried;
  }
  std::vector<std::string> argv{manager, "-y", "install"}, wanted = trial.rules.of("install").expected;
  if (wanted.empty()) wanted = {"wget", "tar", "vim", "make"};
  argv.insert(argv.end(), wanted.begin(), wanted.end());
  RunTerms terms{.network = true, .as_root = true, .patience = trial.patience(std::chrono::minutes(5))};
  auto ended = TRY(trial.image.run(argv, terms, trial.stop));
  std::string said = ended.out + ended.err;
  if (!ended.ok())
    tried.findings.push_back({trial.platform.platform.text(),
                              fmt::format("`{}` {}", fmt::join(argv, " "),
                                          ended.too_late ? "does not end in time"
                                                         : fmt::format("ends with status {}", ended.status)),
                              said});
  return tried;
}

}  // namespace

TrialCheck rpm_trial() {
  return {.name = "rpm",
          .reason = "the image's own rpm must know what is installed, and find no program changed since",
          .severity = Severity::blocker,
          .look = look_at_rpm};
}

TrialCheck package_manager_trial() {
  return {.name = "package-manager",
          .reason = "without dnf or yum and a repository nothing can be added to an image",
          .severity = Severity::warning,
          .look = look_at_manager};
}

TrialCheck install_trial() {
  return {.name = "install",
          .reason = "packages must be installable from the configured repositories (with --run-network)",
          .severity = Severity::warning,
          .look = look_at_install,
          .unasked = [](const TrialTerms& terms) -> std::optional<std::string> {
            if (terms.network) return std::nullopt;
            return "it needs --run-network";
          }};
}

}  // namespace eulerpublisher
