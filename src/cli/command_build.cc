#include <algorithm>

#include "base/log.h"
#include "base/nearest.h"
#include "catalogue/jobs.h"
#include "check/print_checks.h"
#include "cli/applications.h"
#include "cli/commands.h"
#include "cli/output_file.h"
#include "cli/print.h"
#include "cli/workbench.h"
#include "pipeline/build_job.h"

namespace eulerpublisher::cli {
namespace {

using catalogue::BuildPlan;
using catalogue::Job;
using pipeline::JobResult;

// The jobs that --job names.
Result<std::vector<Job>> jobs_asked_for(const Options& options, const BuildPlan& plan) {
  std::vector<Job> all = catalogue::jobs_of(plan), asked;
  for (const std::string& id : options.build_jobs) {
    auto found = std::ranges::find(all, id, &Job::id);
    if (found != all.end()) {
      asked.push_back(*found);
      continue;
    }
    std::vector<std::string_view> known;
    for (const Job& job : all) known.push_back(job.id);
    auto near = nearest(id, known);
    return invalid(
        "--job: the plan of {} has no job '{}'{}", options.meta, for_message(id),
        near ? fmt::format("; did you mean '{}'?", *near) : "; `container plan --matrix json` lists them");
  }
  return asked;
}

Result<std::vector<JobResult>> results_in(const std::vector<std::string>& named) {
  return pipeline::read_results({named.begin(), named.end()});
}

}  // namespace

Result<ExitStatus> run_build(Session& session) {
  const Options& options = session.options;
  auto bench = TRY(Workbench::open(session));
  auto plan = TRY(bench->plan());
  std::vector<Job> jobs = TRY(jobs_asked_for(options, plan));
  std::vector<JobResult> results = TRY(results_in(options.with_results));
  rollout::MakeTerms terms = TRY(rollout_terms(session)).make;
  std::string made;
  bool failed = false, refused = false;
  for (const Job& job : jobs) {
    auto end = pipeline::build_job(plan, job, results, terms, bench->parts(), session.stop);
    if (!end && (jobs.size() == 1 || end.error().kind() == ErrorKind::cancelled))
      return std::move(end).error();
    if (!end) {
      log_line(LogLevel::error, fmt::format("{}: {}", job.id, end.error().text()));
      failed = true;
      continue;
    }
    if (refuses(end->checks)) {
      bool found = !blockers_in(end->checks).empty();
      log_line(LogLevel::error, fmt::format("{}: a check {}; it has no result\n{}", job.id,
                                            found ? "refuses the image" : "could not look at the image",
                                            brief_checks(end->checks)));
      (found ? refused : failed) = true;
      continue;
    }
    JobResult& result = end->result;
    made += result.print();
    // What is done stays told, whatever becomes of the rest.
    if (options.result_file.empty())
      print_document(result.print());
    else
      TRY(write_output_file(options.result_file, made).within("--result"));
    tell(session, fmt::format("{}: {} {}\n", job.id, result.was_built ? "built" : "there already, as",
                              result.manifest.text()));
    results.push_back(std::move(result));
  }
  if (failed) return ExitStatus::failed;
  return refused ? ExitStatus::check_refused : ExitStatus::done;
}

Result<ExitStatus> run_assemble(Session& session) {
  std::vector<JobResult> results = TRY(results_in(session.options.results));
  auto bench = TRY(Workbench::open(session, Workbench::Builds::elsewhere));
  pipeline::MadeByJobs made(results, bench->parts());
  bench->parts().recipe.engine_for = [&](const Platform& platform) { return made.engine_for(platform); };
  bench->parts().made_elsewhere = [&](const catalogue::Build& build, const std::string& image,
                                      const rollout::PlatformRecipe& recipe, std::stop_token stop) {
    return made.platform(build.id, image, recipe, stop);
  };
  return roll_out_and_tell(session, *bench);
}

}  // namespace eulerpublisher::cli
