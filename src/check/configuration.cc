#include "check/checks.h"

namespace eulerpublisher {
namespace {

class ConfigurationCheck : public Check {
 public:
  std::string name() const override { return "configuration"; }
  std::string reason() const override {
    return "a machine picks an image by its platform, and a person gets what Cmd says";
  }
  Result<std::vector<Finding>> look(RepositoryReader&, const CheckedImage& image, const Expectation&,
                                    std::stop_token) override {
    std::vector<Finding> findings;
    for (const CheckedPlatform& one : image.platforms) {
      const Config& config = *one.config;
      std::string where = one.platform.text();
      if (!same_machine(config.platform, one.platform))
        findings.push_back({where, fmt::format("its configuration is of {}", config.platform.text())});
      if (config.cmd.empty() && config.entrypoint.empty())
        findings.push_back({where, "has neither Cmd nor Entrypoint: `docker run -ti` starts nothing"});
      if (config.diff_ids.size() != one.content->layers.size())
        findings.push_back({where, fmt::format("{} layers, but {} diff_ids", one.content->layers.size(),
                                               config.diff_ids.size())});
      size_t told = 0;
      for (const Config::History& entry : config.history) told += entry.empty_layer ? 0 : 1;
      if (!config.history.empty() && told != config.diff_ids.size())
        findings.push_back({where, fmt::format("its history tells of {} layers, there are {}", told,
                                               config.diff_ids.size())});
    }
    return findings;
  }
};

}  // namespace

std::unique_ptr<Check> configuration_check() { return std::make_unique<ConfigurationCheck>(); }

}  // namespace eulerpublisher
