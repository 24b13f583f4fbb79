#pragma once

#include <optional>
#include <string>
#include <vector>

namespace eulerpublisher::cli {

// What the command line says, as text; what it means is decided where it is used (context.h).  One set for
// all commands: an option means the same everywhere, and each command shows only those it uses.
struct Options {
  std::string version;
  std::string repository;
  std::vector<std::string> registries;
  std::optional<std::string> registries_file;  // -m; empty when given without a file
  std::string index = "docker_img";
  std::string architectures;
  std::vector<std::string> sources;
  std::string policy;
  std::string store;
  std::string compression;
  std::string meta;               // a catalogue or a part of it
  std::vector<std::string> tags;  // of application images
  std::string builder = "auto";
  std::string base_from;
  std::string build_network;
  std::string time_limit;  // empty: nothing was said
  unsigned jobs = 2;
  bool rebuild = false;
  std::string keep;                       // store prune
  std::string tag;                        // check
  std::string receipt;                    // history, rollback
  std::string shell;                      // completion
  std::vector<std::string> manual_of;     // man: container, publish
  std::string manual_folder;              // man --all
  std::string catalogue;                  // lint: a catalogue, a scene, an image's folder or a meta.yml
  std::string changed_since;              // a git revision
  std::vector<std::string> changed;       // files
  std::string sarif;                      // lint: where to write it
  bool strict = false;                    // lint
  std::vector<std::string> folders;       // readme: of images
  std::string matrix;                     // plan: json, github or gitlab
  std::vector<std::string> build_jobs;    // build: ids
  std::vector<std::string> with_results;  // build: files of results, or folders of them
  std::string result_file;                // build: where to write its own
  std::vector<std::string> results;       // assemble: likewise
  bool list_checks = false;               // check
  std::vector<std::string> diff;          // check: two images
  std::string previous;                   // check: an image to compare with
  std::string versions;                   // sync: a list; empty: all
  std::string every;                      // sync: as a service
  bool once = false;                      // sync
  std::string metrics;                    // sync
  std::string html;                       // status, check
  bool newest = false;                    // status
  std::string log_format = "text";
  std::vector<std::string> plain_http;
  std::vector<std::string> ca_files;
  std::string verify = "sizes";
  double timeout = 60;  // seconds without a byte
  int retries = 5;
  std::string engine = "auto";
  std::string require_run = "none";
  bool run_network = false;          // --run-network
  std::vector<std::string> scripts;  // -s
  std::string scripts_folder;        // --scripts
  std::string junit;                 // check
  bool password_stdin = false;
  bool best_effort = false;
  bool allow_older = false;
  bool allow_fewer_platforms = false;
  bool dry_run = false;
  std::string progress = "auto";
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

}  // namespace eulerpublisher::cli
