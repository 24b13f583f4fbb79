#include "pipeline/job_result.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "policy/yaml.h"
#include "stream/stream.h"

namespace eulerpublisher::pipeline {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr int version = 1;
constexpr uint64_t longest_file = 64 << 20;

Result<std::string> text_at(const Json& json, const char* key) {
  auto found = json.find(key);
  if (found == json.end() || !found->is_string() || found->get<std::string>().empty())
    return invalid("'{}' is missing", key);
  return found->get<std::string>();
}

Result<JobResult> parse_result(std::string_view line) {
  Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return invalid("this is no result of a job");
  if (!json.contains("eulerpublisher-result") || json["eulerpublisher-result"] != version)
    return invalid("this is no result of a job that this version of eulerpublisher knows");
  std::string job = TRY(text_at(json, "job"));
  std::string build = TRY(text_at(json, "build"));
  Platform platform = TRY(Platform::parse(TRY(text_at(json, "platform"))));
  Digest manifest = TRY(Digest::parse(TRY(text_at(json, "manifest"))));
  Digest identity = TRY(Digest::parse(TRY(text_at(json, "identity"))));
  std::string engine = TRY(text_at(json, "engine"));
  bool built = json.value("built", Json(false)) == Json(true);
  JobResult result{job, build, platform, manifest, identity, engine, {}, built};
  auto registries = json.find("registries");
  if (registries != json.end() && registries->is_array())
    for (const Json& registry : *registries)
      if (registry.is_string()) result.registries.push_back(registry.get<std::string>());
  if (result.registries.empty()) return invalid("'registries' is missing");
  return result;
}

Result<std::vector<fs::path>> files_in(const fs::path& named) {
  std::error_code error;
  if (!fs::is_directory(named, error)) return std::vector{named};
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(named, error))
    if (entry.path().extension() == ".json" && entry.is_regular_file(error)) files.push_back(entry.path());
  if (error) return system_error(error.value(), fmt::format("reading {}", named.native()));
  std::ranges::sort(files);
  return files;
}

}  // namespace

std::string JobResult::print() const {
  Json json{{"eulerpublisher-result", version},
            {"job", job},
            {"build", build},
            {"platform", platform.text()},
            {"manifest", manifest.text()},
            {"identity", identity.text()},
            {"engine", engine},
            {"registries", registries},
            {"built", was_built}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::vector<JobResult>> parse_results(std::string_view text, const std::string& file) {
  std::vector<JobResult> results;
  for (int number = 1; !text.empty(); ++number) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    auto result = parse_result(line);
    if (!result) return invalid("{}:{}: {}", file, number, result.error().text());
    results.push_back(std::move(*result));
  }
  return results;
}

Result<std::vector<JobResult>> read_results(const std::vector<fs::path>& named) {
  std::vector<JobResult> results;
  std::map<std::string, size_t> known;  // by job
  for (const fs::path& one : named)
    for (const fs::path& file : TRY(files_in(one)))
      for (JobResult& result :
           TRY(parse_results(TRY(read_file(file.native(), longest_file)), file.native()))) {
        auto [at, is_new] = known.emplace(result.job, results.size());
        if (is_new) {
          results.push_back(std::move(result));
          continue;
        }
        if (results[at->second].identity != result.identity)
          return invalid("{}: there are two results of {}, made from different things; are they of one run?",
                         file.native(), for_message(result.job));
        results[at->second] = std::move(result);
      }
  return results;
}

}  // namespace eulerpublisher::pipeline
