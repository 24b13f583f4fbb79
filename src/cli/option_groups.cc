#include "cli/option_groups.h"

#include <CLI/CLI.hpp>

namespace eulerpublisher::cli::option_groups {

void general(CLI::App& app, Options& options) {
  app.add_option("--policy", options.policy,
                 "versions, special tags, architectures, registries [built in, from oEEP-0005]")
      ->type_name("FILE")
      ->envname("EULERPUBLISHER_POLICY");
  app.add_option("--progress", options.progress, "auto, bar (a terminal), plain (a log) or none")
      ->check(CLI::IsMember({"auto", "bar", "plain", "none"}))
      ->capture_default_str()
      ->envname("EULERPUBLISHER_PROGRESS");
  app.add_flag("--json", options.json, "one JSON document on standard output, and nothing else there");
  app.add_flag("--quiet", options.quiet, "say nothing but errors");
  app.add_flag("--verbose", options.verbose, "say everything: requests, retries, causes");
}

void where_to(CLI::App& app, Options& options) {
  app.add_option("-p,--repo", options.repository,
                 "the repository's name [openeuler/openeuler, or the policy's]")
      ->type_name("NAME");
  app.add_option("-g,--registry", options.registries,
                 "a registry: docker.io, quay.io, 127.0.0.1:5000, or oci:FOLDER; may be repeated [docker.io]")
      ->type_name("R")
      ->envname("EULERPUBLISHER_REGISTRY")
      ->allow_extra_args(false);
}

void connecting(CLI::App& app, Options& options) {
  app.add_option(
         "-m,--registries", options.registries_file,
         "a file of registries with the names of the variables that hold their logins [what EP_LOGIN_FILE "
         "names]")
      ->type_name("FILE")
      ->expected(0, 1);
  app.add_option("--plain-http", options.plain_http,
                 "a host that is spoken to without TLS (loopback addresses always are); may be repeated")
      ->type_name("HOST")
      ->allow_extra_args(false);
  app.add_option("--ca", options.ca_files, "certificates to trust beside the system's (PEM); may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_flag(
      "--password-stdin", options.password_stdin,
      "read the password for LOGIN_USERNAME from standard input (logins that `docker login` and `podman "
      "login` have stored are found without it)");
}

void sources(CLI::App& app, Options& options) {
  app.add_option(
         "--source", options.sources,
         "the release repository: https://…, http://… or a folder; may be repeated, the first that has the "
         "version serves")
      ->type_name("URL")
      ->envname("EULERPUBLISHER_SOURCE");
}

void where_from(CLI::App& app, Options& options) {
  app.add_option("-i,--index", options.index,
                 "docker_img (the first release), docker_img/update/YYYY-MM-DD or docker_img/update/current")
      ->type_name("I")
      ->capture_default_str();
  app.add_option("-a,--arch", options.architectures,
                 "architectures, all required [the policy's: amd64,arm64, and loong64 where it exists]")
      ->type_name("LIST");
  sources(app, options);
}

void network(CLI::App& app, Options& options) {
  app.add_option("--timeout", options.timeout,
                 "how long a connection may stand still before it is given up, in seconds")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, 86400.0))
      ->capture_default_str()
      ->envname("EULERPUBLISHER_TIMEOUT");
  app.add_option("--retries", options.retries, "how often a request is repeated that failed for the moment")
      ->type_name("N")
      ->check(CLI::Range(0, 100))
      ->capture_default_str()
      ->envname("EULERPUBLISHER_RETRIES");
}

void moving(CLI::App& app, Options& options) {
  app.add_flag("--best-effort", options.best_effort,
               "go on with the registries that work; exit status 3 when one is behind");
  app.add_flag("--allow-older", options.allow_older,
               "let a tag go back to an image made from an older archive");
  fewer_platforms(app, options);
  app.add_option("--verify", options.verify, "read back: sizes of all blobs, or their bytes too (full)")
      ->check(CLI::IsMember({"sizes", "full"}))
      ->capture_default_str();
}

void version(CLI::App& app, Options& options) {
  possible_version(app, options);
  app.get_option("--version")->required();
}

void possible_version(CLI::App& app, Options& options) {
  app.add_option("-v,--version", options.version, "24.03-LTS-SP1; case does not matter")->type_name("V");
}

void any_tag(CLI::App& app, Options& options) {
  app.add_option("-t,--tag", options.tag, "a tag or digest to check, of any image [the version's own]")
      ->type_name("TAG");
}

void instead_of_checking(CLI::App& app, Options& options) {
  auto* list = app.add_flag("--list", options.list_checks, "explain all checks, and check nothing");
  app.add_option(
         "--diff", options.diff,
         "what became different between two images: HOST/NAME:TAG, HOST/NAME@DIGEST or oci:FOLDER:TAG")
      ->type_name("OLD NEW")
      ->expected(2)
      ->excludes(list);
}

void comparing(CLI::App& app, Options& options) {
  app.add_option(
         "--previous", options.previous,
         "the image to compare with, named as for --diff [what the tag named before, as far as that is "
         "known here]")
      ->type_name("IMAGE");
  fewer_platforms(app, options);
}

void fewer_platforms(CLI::App& app, Options& options) {
  app.add_flag("--allow-fewer-platforms", options.allow_fewer_platforms,
               "let an index be replaced by one with fewer architectures");
}

void recipe(CLI::App& app, Options& options) {
  app.add_option("--compression", options.compression, "of layers: gzip or zstd [the policy's: gzip]")
      ->check(CLI::IsMember({"gzip", "zstd"}));
}

void receipt(CLI::App& app, Options& options) {
  app.add_option("receipt", options.receipt, "a receipt, as `history` lists them")->type_name("RECEIPT");
}

void this_receipt(CLI::App& app, Options& options) {
  receipt(app, options);
  app.get_option("receipt")->required();
}

void shell(CLI::App& app, Options& options) {
  app.add_option("shell", options.shell, "the shell that is to complete it")
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->required();
}

void manual(CLI::App& app, Options& options) {
  app.add_option("command", options.manual_of, "the command, as it is typed [the program itself]")
      ->type_name("COMMAND");
  app.add_option("--all", options.manual_folder, "write the pages of all commands into this folder")
      ->type_name("FOLDER");
}

void running(CLI::App& app, Options& options) {
  app.add_option(
         "--engine", options.engine,
         "what runs the image for the checks that run it: auto (the first that works), podman, docker, runc "
         "or none")
      ->check(CLI::IsMember({"auto", "podman", "docker", "runc", "none"}))
      ->capture_default_str()
      ->envname("EULERPUBLISHER_ENGINE");
  app.add_option("--require-run", options.require_run,
                 "which platforms must have been run, or the image is refused: all, native or none")
      ->check(CLI::IsMember({"all", "native", "none"}))
      ->capture_default_str();
  app.add_option(
         "-s,--script", options.scripts,
         "a shUnit2 script that must pass, or the name of one in the folder of --scripts; may be repeated")
      ->type_name("SCRIPT");
  app.add_option("--scripts", options.scripts_folder,
                 "a folder of shUnit2 scripts; NAME_test.sh is run for the image NAME, if it is there")
      ->type_name("FOLDER");
  app.add_flag("--run-network", options.run_network,
               "let what is run use the network: packages are installed too, and scripts may pull images");
}

void with_network(CLI::App& app, Options& options) {
  app.add_flag("--network", options.run_network, "the same as --run-network");
}

void reports(CLI::App& app, Options& options) {
  app.add_option("--junit", options.junit, "write what was found as JUnit XML, for Jenkins and its like")
      ->type_name("FILE");
  app.add_option("--html", options.html, "write what was found as a page for people")->type_name("FILE");
}

void storing(CLI::App& app, Options& options) {
  app.add_option("--store", options.store, "the local store [$XDG_CACHE_HOME/eulerpublisher]")
      ->type_name("FOLDER")
      ->envname("EULERPUBLISHER_STORE");
}

void dry(CLI::App& app, Options& options) {
  app.add_flag("--dry-run", options.dry_run, "the plan, and nothing else");
}

void status_report(CLI::App& app, Options& options) {
  app.add_option("--html", options.html, "a page to be written: one file that needs nothing else")
      ->type_name("FILE");
  app.add_flag("--newest", options.newest,
               "look at the release repository too: what is older than its newest update is behind");
}

void rounds(CLI::App& app, Options& options) {
  app.add_option("--versions", options.versions,
                 "only these, separated by commas [the policy's, and whatever the release repository lists]")
      ->type_name("LIST");
  auto* once =
      app.add_flag("--once", options.once, "look once, publish what is missing, and end [without --every]");
  app.add_option("--every", options.every,
                 "go on until SIGTERM, looking so often: 90s, 15m, 6h; SIGHUP reads the policy again")
      ->type_name("TIME")
      ->excludes(once);
}

void reporting(CLI::App& app, Options& options) {
  app.add_option("--metrics", options.metrics,
                 "a file to be written after each round, in the Prometheus text format, for node_exporter")
      ->type_name("FILE")
      ->envname("EULERPUBLISHER_METRICS");
  app.add_option("--log-format", options.log_format, "text, or json: one object a line, on standard error")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str()
      ->envname("EULERPUBLISHER_LOG_FORMAT");
}

void possible_keeping(CLI::App& app, Options& options) {
  app.add_option("--keep", options.keep, "how much may stay in the store: bytes, or with KiB, MiB, GiB")
      ->type_name("SIZE");
}

void keeping(CLI::App& app, Options& options) {
  possible_keeping(app, options);
  app.get_option("--keep")->required();
}

void catalogue(CLI::App& app, Options& options) {
  app.add_option("catalogue", options.catalogue,
                 "a catalogue, a scene, an image's folder or a meta.yml [the current folder]")
      ->type_name("CATALOGUE");
}

void changed(CLI::App& app, Options& options) {
  auto* since = app.add_option("--changed-since", options.changed_since,
                               "only what differs from this git revision, and what builds on it")
                    ->type_name("REV");
  app.add_option("--changed", options.changed,
                 "only what these files belong to, and what builds on it; deleted ones may be named too; "
                 "`--` ends them")
      ->type_name("FILE")
      ->excludes(since);
}

void findings(CLI::App& app, Options& options) {
  app.add_option("--sarif", options.sarif, "write the findings into this file too, for code review")
      ->type_name("FILE");
  app.add_flag("--strict", options.strict, "let warnings count as errors do");
}

void image_folders(CLI::App& app, Options& options) {
  app.add_option("folders", options.folders, "images' folders of a catalogue, or their meta.yml")
      ->type_name("FOLDER")
      ->required();
}

}  // namespace eulerpublisher::cli::option_groups
