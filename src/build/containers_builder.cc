#include "build/containers_builder.h"

#include <filesystem>

#include "build/engine_run.h"
#include "build/job_files.h"
#include "build/saved_image.h"
#include "engine/foreign.h"

namespace eulerpublisher::build {

namespace {

using Words = std::vector<std::string>;

Words build_words(const BuildJob& job, const JobFiles& files, const std::string& isolation) {
  // One layer on top of the base: what an intermediate step leaves behind is in no image.
  Words words{"build",     "--layers=false",    "--platform", job.platform.text(),
              "--iidfile", files.id().string(), "--file",     files.dockerfile().string()};
  if (!isolation.empty()) words.insert(words.end(), {"--isolation", isolation});
  if (job.source_date_epoch)
    words.insert(words.end(), {"--timestamp", std::to_string(*job.source_date_epoch)});
  if (!job.network.empty()) words.insert(words.end(), {"--network", job.network});
  if (job.plain_http) words.push_back("--tls-verify=false");
  for (const auto& [key, value] : job.arguments)
    words.insert(words.end(), {"--build-arg", key + "=" + value});
  for (const auto& [key, value] : job.labels) words.insert(words.end(), {"--label", key + "=" + value});
  words.push_back(job.context.string());
  return words;
}

}  // namespace

Done ContainersBuilder::can_build(const Platform& platform, std::stop_token) {
  if (process::find_program(options_.program).empty())
    return not_found("{} is not installed: install it, or name another builder with --builder",
                     options_.program);
  if (auto why = cannot_run(platform))
    return unsupported("{}, or give the platform to another builder", *why);
  return {};
}

process::Command ContainersBuilder::command(Words arguments) const {
  Words words{options_.program, "--root", (workshop_.path() / "storage").string(), "--runroot",
              (workshop_.short_path() / "run").string()};
  if (options_.program == "podman")
    words.insert(words.end(), {"--tmpdir", (workshop_.short_path() / "tmp").string()});
  words.insert(words.end(), arguments.begin(), arguments.end());
  // Intermediate files, the archive's too, go where the storage is and with it.
  return {.argv = std::move(words), .env = {{"TMPDIR", workshop_.path().string()}}};
}

Result<BuiltImage> ContainersBuilder::build(const BuildJob& job, std::stop_token stop) {
  JobFiles files = TRY(JobFiles::make(workshop_.new_path(), job));
  std::string doing = fmt::format("building {} for {} with {}", job.name, job.platform.text(), name());
  TRY(call_engine({command(build_words(job, files, options_.isolation)), doing, job.patience, job.log},
                  stop));
  std::string id = TRY(files.built_id().within("{}", doing));
  auto saved =
      call_engine({command({"push", "-q", id, "docker-archive:" + files.archive().string() + ":built"}),
                   doing, job.patience, job.log},
                  stop);
  // The bases stay for the builds to come.
  auto removed =
      call_engine({command({"rmi", "--force", id}), doing, std::chrono::minutes(5), job.log}, stop);
  TRY(std::move(saved));
  return take_saved_image(files.archive(), job.platform, job.base_layers, store_, stop)
      .within("building {} for {}", job.name, job.platform.text());
}

}  // namespace eulerpublisher::build
