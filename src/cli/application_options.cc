#include <CLI/CLI.hpp>

#include "cli/option_groups.h"

namespace eulerpublisher::cli::option_groups {

void meta(CLI::App& app, Options& options) {
  app.add_option(
         "--meta", options.meta,
         "application images: a meta.yml, an image's folder, a scene or a whole catalogue; -p is then "
         "the namespace [openeuler]")
      ->type_name("CATALOGUE");
  if (app.get_option_no_throw("--version")) app.get_option("--meta")->excludes("--version");
  app.add_option("-t,--tag", options.tags, "with --meta: only this tag, TAG or NAME:TAG; may be repeated")
      ->type_name("TAG")
      ->needs("--meta")
      ->allow_extra_args(false);
  app.add_option("--base-from", options.base_from,
                 "with --meta: the registry that bases are taken from, HOST or HOST/NAMESPACE [the first -g]")
      ->type_name("R")
      ->needs("--meta");
  app.add_option("--builder", options.builder,
                 "with --meta: what builds: auto, buildah, podman, docker, buildx or buildx:NAME")
      ->type_name("B")
      ->capture_default_str()
      ->envname("EULERPUBLISHER_BUILDER");
}

void building(CLI::App& app, Options& options) {
  app.add_option("-j,--jobs", options.jobs,
                 "with --meta: how many images of one platform a builder builds at once")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--network", options.build_network,
                 "with --meta: the network of RUN lines, as the engine calls it: none, host … [the policy's, "
                 "else the engine's]")
      ->type_name("NET");
  app.add_option(
         "--time-limit", options.time_limit,
         "with --meta: how long building one platform of one image may take, in minutes or as in 90s, 2h "
         "[the policy's, else 2h]")
      ->type_name("TIME");
  app.add_flag("--rebuild", options.rebuild, "with --meta: build also what is up to date");
}

void matrix(CLI::App& app, Options& options) {
  app.add_option("--matrix", options.matrix,
                 "with --meta: one job per image and platform, for a pipeline: json, github or gitlab")
      ->check(CLI::IsMember({"json", "github", "gitlab"}))
      ->needs("--meta");
}

void job(CLI::App& app, Options& options) {
  app.get_option("--meta")->required();
  app.add_option(
         "--job", options.build_jobs,
         "what to build, an id of `container plan --matrix` with the same --meta, --tag, --changed and "
         "--changed-since; may be repeated")
      ->type_name("ID")
      ->required()
      ->allow_extra_args(false);
  app.add_option("--with", options.with_results,
                 "results of the jobs that it needs: files, or folders of .json files")
      ->type_name("RESULT")
      ->allow_extra_args(false);
  app.add_option("--result", options.result_file, "write the result into this file [standard output]")
      ->type_name("FILE");
}

void results(CLI::App& app, Options& options) {
  app.get_option("--meta")->required();
  app.add_option("results", options.results, "results of jobs: files, or folders of .json files")
      ->type_name("RESULT")
      ->required();
}

}  // namespace eulerpublisher::cli::option_groups
