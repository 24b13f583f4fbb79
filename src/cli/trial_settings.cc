#include "cli/trial_settings.h"

namespace eulerpublisher::cli {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored);
}

// A script as a person names it: a path, or the name of an image with its tests in the folder of scripts.
Result<TestScript> named_script(const std::string& named, const std::string& folder) {
  if (is_file(named)) return TestScript{named, true};
  if (!folder.empty())
    for (const fs::path& file : {fs::path(folder) / named, fs::path(folder) / (named + "_test.sh")})
      if (is_file(file)) return TestScript{file, true};
  return invalid("-s {}: there is no such script{}", named, folder.empty() ? "" : ", nor in " + folder);
}

}  // namespace

Result<TrialTerms> trial_terms(const Options& options, const Policy& policy, const std::string& tag) {
  TrialTerms terms;
  auto engine = engine_choice_from(options.engine);
  auto require = require_run_from(options.require_run);
  if (!engine)
    return invalid("--engine {}: the engines are auto, podman, docker, runc and none", options.engine);
  if (!require) return invalid("--require-run {}: it is all, native or none", options.require_run);
  terms.engine = *engine;
  terms.require = *require;
  terms.network = options.run_network;
  const std::string& repository = options.repository.empty() ? policy.repository() : options.repository;
  terms.package = repository.substr(repository.rfind('/') + 1);
  terms.tag = tag;
  std::error_code ignored;
  if (!options.scripts_folder.empty() && !fs::is_directory(options.scripts_folder, ignored))
    return invalid("--scripts {}: there is no such folder", options.scripts_folder);
  for (const std::string& script : options.scripts)
    terms.scripts.push_back(TRY(named_script(script, options.scripts_folder)));
  if (options.scripts.empty() && !options.scripts_folder.empty())
    terms.scripts.push_back({fs::path(options.scripts_folder) / (terms.package + "_test.sh"), false});
  return terms;
}

}  // namespace eulerpublisher::cli
