#include <algorithm>

#include "check/checks.h"

namespace eulerpublisher {
namespace {

void look(const CheckedPlatform& one, const Subject&, Findings& findings) {
  const Config& config = *one.config;
  std::string where = one.platform.text();
  if (!same_machine(config.platform, one.platform))
    findings.push_back({where, fmt::format("its configuration is of {}", config.platform.text())});
  if (config.cmd.empty() && config.entrypoint.empty())
    findings.push_back({where, "has neither Cmd nor Entrypoint: `docker run -ti` starts nothing"});
  if (config.diff_ids.size() != one.content->layers.size())
    findings.push_back({where, fmt::format("{} layers, but {} diff_ids", one.content->layers.size(),
                                           config.diff_ids.size())});
  auto told = static_cast<size_t>(
      std::ranges::count_if(config.history, [](const Config::History& entry) { return !entry.empty_layer; }));
  if (!config.history.empty() && told != config.diff_ids.size())
    findings.push_back(
        {where, fmt::format("its history tells of {} layers, there are {}", told, config.diff_ids.size())});
}

}  // namespace

Check configuration_check() {
  return {.name = "configuration",
          .reason = "a machine picks an image by its platform, and a person gets what Cmd says",
          .severity = Severity::blocker,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
