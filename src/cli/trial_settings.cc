#include "cli/trial_settings.h"

#include <algorithm>

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

// All but what is run: no name and no script.
Result<TrialTerms> plain_terms(const Options& options) {
  TrialTerms terms;
  auto engine = engine_choice_from(options.engine);
  auto require = require_run_from(options.require_run);
  if (!engine)
    return invalid("--engine {}: the engines are auto, podman, docker, runc and none", options.engine);
  if (!require) return invalid("--require-run {}: it is all, native or none", options.require_run);
  terms.engine = *engine;
  terms.require = *require;
  terms.network = options.run_network;
  std::error_code ignored;
  if (!options.scripts_folder.empty() && !fs::is_directory(options.scripts_folder, ignored))
    return invalid("--scripts {}: there is no such folder", options.scripts_folder);
  for (const std::string& script : options.scripts)
    terms.scripts.push_back(TRY(named_script(script, options.scripts_folder)));
  return terms;
}

}  // namespace

Result<TrialTerms> trial_terms(const Options& options, const Policy& policy, const std::string& tag) {
  TrialTerms terms = TRY(plain_terms(options));
  const std::string& repository = options.repository.empty() ? policy.repository() : options.repository;
  terms.package = repository.substr(repository.rfind('/') + 1);
  terms.tag = tag;
  if (options.scripts.empty() && !options.scripts_folder.empty())
    terms.scripts.push_back({fs::path(options.scripts_folder) / (terms.package + "_test.sh"), false});
  return terms;
}

Result<TrialTerms> trial_terms(const Options& options, const std::string& image, const std::string& tag,
                               const std::vector<fs::path>& folders) {
  TrialTerms terms = TRY(plain_terms(options));
  terms.package = image;
  terms.tag = tag;
  if (!options.scripts.empty()) return terms;
  std::vector<fs::path> places = folders;
  if (!options.scripts_folder.empty()) places.insert(places.begin(), options.scripts_folder);
  std::vector<fs::path> files;
  for (const fs::path& folder : places) files.push_back(folder / (image + "_test.sh"));
  auto there = std::ranges::find_if(files, is_file);
  // Where there is none, the check names the place where it would be.
  terms.scripts.push_back({there == files.end() ? files.front() : *there, false});
  return terms;
}

}  // namespace eulerpublisher::cli
