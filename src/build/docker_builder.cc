#include "build/docker_builder.h"

#include <algorithm>
#include <random>
#include <sstream>

#include "base/hex.h"
#include "build/engine_run.h"
#include "build/job_files.h"
#include "build/saved_image.h"
#include "engine/foreign.h"

namespace eulerpublisher::build {

namespace {

using Words = std::vector<std::string>;

constexpr std::chrono::minutes to_answer{2};

// What `docker build` and `docker buildx build` have in common.
Words common_words(const BuildJob& job, const JobFiles& files) {
  Words words{"--progress",
              "plain",
              "--pull",
              "--platform",
              job.platform.text(),
              "--file",
              files.dockerfile().string()};
  if (job.fresh) words.push_back("--no-cache");
  if (!job.network.empty()) words.insert(words.end(), {"--network", job.network});
  for (const auto& [key, value] : job.arguments)
    words.insert(words.end(), {"--build-arg", key + "=" + value});
  if (job.source_date_epoch)
    words.insert(words.end(), {"--build-arg", fmt::format("SOURCE_DATE_EPOCH={}", *job.source_date_epoch)});
  for (const auto& [key, value] : job.labels) words.insert(words.end(), {"--label", key + "=" + value});
  return words;
}

process::Command docker(const Words& arguments, const BuildJob* job = nullptr) {
  Words words{"docker"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::map<std::string, std::optional<std::string>> more{{"DOCKER_BUILDKIT", "1"},
                                                         {"BUILDX_NO_DEFAULT_ATTESTATIONS", "1"}};
  if (job && job->source_date_epoch) more["SOURCE_DATE_EPOCH"] = std::to_string(*job->source_date_epoch);
  return {.argv = std::move(words), .env = std::move(more)};
}

std::string what_is_done(const BuildJob& job, const Builder& builder) {
  return fmt::format("building {} for {} with {}", job.name, job.platform.text(), builder.name());
}

// A name that no image of anybody's has: taking it away takes away nothing else.
std::string passing_name() {
  std::random_device device;
  uint32_t words[4];
  for (uint32_t& word : words) word = device();
  return "eulerpublisher-build:" + to_hex(std::as_bytes(std::span(words)));
}

Done find_docker() {
  if (!process::find_program("docker").empty()) return {};
  return not_found("docker is not installed: install it, or name another builder with --builder");
}

}  // namespace

Done DockerBuilder::can_build(const Platform& platform, std::stop_token stop) {
  TRY(find_docker());
  std::string told = TRY(call_engine({docker({"version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"}),
                                      "asking dockerd what it is", to_answer},
                                     stop));
  while (!told.empty() && told.back() == '\n') told.pop_back();
  auto its = Platform::parse(told);
  if (its && same_machine(*its, platform)) return {};
  // Of a daemon on another machine only itself knows what it can run.
  const char* host = getenv("DOCKER_HOST");
  if (host && !std::string_view(host).starts_with("unix:")) return {};
  if (auto why = cannot_run(platform))
    return unsupported("{}, or give the platform to another builder", *why);
  return {};
}

Result<BuiltImage> DockerBuilder::build(const BuildJob& job, std::stop_token stop) {
  JobFiles files = TRY(JobFiles::make(workshop_.new_path(), job));
  std::string doing = what_is_done(job, *this), image = passing_name();
  Words words{"build", "--tag", image};
  std::ranges::move(common_words(job, files), std::back_inserter(words));
  words.push_back(job.context.string());
  TRY(call_engine({docker(words), doing, job.patience, job.log}, stop));
  auto saved = call_engine(
      {docker({"save", "--output", files.archive().string(), image}), doing, job.patience, job.log}, stop);
  // Also when we are told to stop: what is left there is in nobody's folder but the daemon's.
  auto removed = call_engine({docker({"rmi", image}), doing, to_answer, job.log}, {});
  TRY(std::move(saved));
  return take_saved_image(files.archive(), job.platform, job.base_layers, store_, stop).within("{}", doing);
}

Done BuildxBuilder::can_build(const Platform& platform, std::stop_token stop) {
  TRY(find_docker());
  if (std::ranges::any_of(platforms_, [&](const Platform& one) { return same_machine(one, platform); }))
    return {};
  if (!platforms_.empty())
    return unsupported("the policy does not give {} to the builder {}", platform.text(), name());
  Words words{"buildx", "inspect", "--bootstrap"};
  if (!builder_.empty()) words.push_back(builder_);
  std::string told = TRY(call_engine({docker(words), "asking buildx about " + name(), to_answer}, stop));
  // `Platforms: linux/amd64*, linux/arm64`, one line for each node.
  std::istringstream lines(told);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("Platforms:")) continue;
    std::istringstream list(line.substr(10));
    for (std::string one; std::getline(list, one, ',');) {
      std::erase_if(one, [](char c) { return c == ' ' || c == '*'; });
      auto served = Platform::parse(one);
      if (served && same_machine(*served, platform)) return {};
    }
  }
  return unsupported("the builder {} serves no {}: `docker buildx inspect` lists what it serves", name(),
                     platform.text());
}

Result<BuiltImage> BuildxBuilder::build(const BuildJob& job, std::stop_token stop) {
  JobFiles files = TRY(JobFiles::make(workshop_.new_path(), job));
  std::string doing = what_is_done(job, *this);
  Words words{"buildx", "build"};
  if (!builder_.empty()) words.insert(words.end(), {"--builder", builder_});
  std::ranges::move(common_words(job, files), std::back_inserter(words));
  // New layers come plain, for we compress them; those of the bases come as registries have them.
  std::string output = "type=oci,compression=uncompressed";
  // Files too, not only the configuration: BuildKit does this since 0.13, and before takes no notice.
  if (job.source_date_epoch) output += ",rewrite-timestamp=true";
  words.insert(words.end(), {"--output", output + ",dest=" + files.archive().string(), job.context.string()});
  TRY(call_engine({docker(words, &job), doing, job.patience, job.log}, stop));
  return take_saved_image(files.archive(), job.platform, job.base_layers, store_, stop).within("{}", doing);
}

}  // namespace eulerpublisher::build
