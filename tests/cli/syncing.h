#pragma once

#include <optional>
#include <sstream>

#include "cli/publishing.h"

namespace eulerpublisher {

// `container sync` as a person or a timer runs it, between a release repository and registries.
class Syncing : public Publishing {
 protected:
  // `container sync` from the site to these registries.
  Words sync(const Words& targets, const Words& more = {}) const {
    Words words{"container", "sync", "--source", site.url(), "--retries", "1"};
    for (const std::string& target : targets) words.insert(words.end(), {"-g", target});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  test::Ran run(const Words& targets, const Words& more = {}) const {
    return machine.run(sync(targets, more));
  }
  std::string policy(const std::string& yaml, const std::string& name = "policy.yaml") {
    test::write_text(machine / name, yaml);
    return (machine / name).string();
  }

  // What was published, `24.03-LTS docker_img: published`, in the order in which it was.
  static Words work_of(const nlohmann::json& round) {
    Words all;
    for (const nlohmann::json& one : round.value("work", nlohmann::json::array()))
      all.push_back(one["version"].get<std::string>() + " " + one["index"].get<std::string>() + ": " +
                    one.value("result", "planned"));
    return all;
  }
  Words published(const Words& targets, const Words& more = {}) {
    Words with_json = more;
    with_json.push_back("--json");
    test::Ran ran = run(targets, with_json);
    return work_of(json_of(ran));
  }
  // The value of one sample of the metrics that `metered()` has written: `sync_rounds_total`; nothing where
  // there is no such line.
  std::optional<double> metric(const std::string& sample) const {
    std::istringstream lines(test::read_text(machine / "sync.prom"));
    std::string begin = "eulerpublisher_" + sample + " ";
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with(begin)) return std::stod(line.substr(begin.size()));
    return std::nullopt;
  }
  Words metered(Words more = {}) const {
    more.insert(more.end(), {"--metrics", (machine / "sync.prom").string()});
    return more;
  }
};

}  // namespace eulerpublisher
