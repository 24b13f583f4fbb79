#include "cli/print_matrix.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "catalogue/jobs.h"

namespace eulerpublisher::cli {
namespace {

using catalogue::Job;
using Json = nlohmann::ordered_json;

constexpr size_t github_limit = 256;  // entries of a matrix

size_t levels_of(const std::vector<Job>& jobs) {
  size_t levels = 0;
  for (const Job& job : jobs) levels = std::max(levels, job.level + 1);
  return levels;
}

Json as_json(const std::vector<Job>& jobs, const catalogue::BuildPlan& plan,
             const catalogue::Catalogue& catalogue) {
  Json json{{"levels", levels_of(jobs)}, {"jobs", Json::array()}};
  for (const Job& job : jobs) {
    const catalogue::Build& build = plan.builds[job.build];
    Json tags = Json::array();
    for (catalogue::EntryId id : build.entries) tags.push_back(catalogue.name(id));
    json["jobs"].push_back({{"id", job.id},
                            {"build", build.id},
                            {"file", build.file},
                            {"tags", std::move(tags)},
                            {"platform", job.platform.text()},
                            {"architecture", job.platform.architecture},
                            {"level", job.level},
                            {"needs", job.needs}});
  }
  return json;
}

// A level's jobs by architecture, shared out so that no more entries come of them than are allowed.
Json github_level(const std::map<std::string, std::vector<std::string>>& by_architecture) {
  size_t all = 0;
  for (const auto& [architecture, ids] : by_architecture) all += ids.size();
  size_t room = github_limit - by_architecture.size();
  size_t each = std::max<size_t>(1, (all + room - 1) / room);
  Json include = Json::array();
  for (const auto& [architecture, ids] : by_architecture)
    for (size_t begin = 0; begin < ids.size(); begin += each) {
      auto end = ids.begin() + static_cast<ptrdiff_t>(std::min(begin + each, ids.size()));
      std::string words = fmt::format("{}", fmt::join(ids.begin() + static_cast<ptrdiff_t>(begin), end, " "));
      include.push_back({{"architecture", architecture}, {"jobs", std::move(words)}});
    }
  return {{"include", std::move(include)}};
}

Json for_github(const std::vector<Job>& jobs) {
  Json json{{"levels", levels_of(jobs)}};
  for (size_t level = 0; level < levels_of(jobs); ++level) {
    std::map<std::string, std::vector<std::string>> by_architecture;
    for (const Job& job : jobs)
      if (job.level == level) by_architecture[job.platform.architecture].push_back(job.id);
    json[fmt::format("level{}", level)] = github_level(by_architecture);
  }
  return json;
}

Json for_gitlab(const std::vector<Job>& jobs) {
  Json json{{"stages", {"build", "assemble"}}};
  for (const Job& job : jobs) {
    Json one{{"extends", ".eulerpublisher-build"},
             {"stage", "build"},
             {"tags", {job.platform.architecture}},
             {"variables", {{"EP_JOB", job.id}}},
             {"needs", Json::array()}};
    for (const std::string& need : job.needs) one["needs"].push_back({{"job", need}, {"artifacts", true}});
    json[job.id] = std::move(one);
  }
  json["assemble"] = {{"extends", ".eulerpublisher-assemble"}, {"stage", "assemble"}};
  return json;
}

}  // namespace

std::string matrix_of(const catalogue::BuildPlan& plan, const catalogue::Catalogue& catalogue,
                      std::string_view form) {
  std::vector<Job> jobs = catalogue::jobs_of(plan);
  if (form == "github") return for_github(jobs).dump() + "\n";
  if (form == "gitlab") return for_gitlab(jobs).dump(1) + "\n";
  return as_json(jobs, plan, catalogue).dump(1) + "\n";
}

}  // namespace eulerpublisher::cli
