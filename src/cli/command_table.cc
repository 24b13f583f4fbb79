#include "cli/command_table.h"

#include "cli/commands.h"

namespace eulerpublisher::cli {

const std::vector<CommandEntry>& container_commands() {
  using namespace option_groups;
  static const std::vector<CommandEntry> table{
      {run_prepare,
       "prepare",
       nullptr,
       "Fetch, verify and convert a release into the local store",
       "eulerpublisher container prepare -v 24.03-LTS-SP1",
       {version, where_from, network, recipe, storing}},
      {run_check,
       "check",
       nullptr,
       "Check what was prepared, or what a registry holds",
       "eulerpublisher container check -v 24.03-LTS-SP1 -p openeuler/openeuler -g docker.io",
       {possible_version, any_tag, instead_of_checking, comparing, where_to, connecting, network, running,
        with_network, reports, storing}},
      {run_push,
       "push",
       nullptr,
       "Put what was prepared into registries, check it there, and move the tags",
       "eulerpublisher container push -v 24.03-LTS-SP1 -p openeuler/openeuler -g docker.io",
       {version, where_to, connecting, network, running, with_network, moving, storing, dry}},
      {run_publish,
       "publish",
       "publisher",
       "One click: fetch, verify, convert, check, push, tag",
       "eulerpublisher container publish -v 24.03-LTS-SP1 -p openeuler/openeuler -g docker.io -g quay.io",
       {possible_version, meta, changed, building, where_to, connecting, where_from, network, recipe, running,
        moving, storing, dry}},
      {run_plan,
       "plan",
       nullptr,
       "What publish would do: bytes to fetch, tags to move and why; changes nothing",
       "eulerpublisher container plan -v 24.03-LTS-SP1 -p openeuler/openeuler",
       {possible_version, meta, changed, matrix, where_to, connecting, where_from, network, recipe, moving,
        storing}},
      {run_tags,
       "tags",
       nullptr,
       "The tags a version earns, and why",
       "eulerpublisher container tags -v 22.03-LTS-SP1",
       {version}},
      {run_lint,
       "lint",
       nullptr,
       "Everything that is wrong or doubtful in a catalogue of application images",
       "eulerpublisher container lint openeuler-docker-images --changed-since origin/master",
       {catalogue, changed, findings}},
      {run_build,
       "build",
       nullptr,
       "Build one platform of one image for a pipeline, by digest: nobody sees it before `assemble`",
       "eulerpublisher container build --meta . --job redis_8.0.2-oe2403sp1_amd64 -g quay.io --result r.json",
       {meta, changed, job, building, where_to, connecting, network, running, storing}},
      {run_assemble,
       "assemble",
       nullptr,
       "Make the indexes of what a pipeline's jobs have built, check them, and move the tags",
       "eulerpublisher container assemble --meta . -g quay.io results/",
       {meta, changed, results, where_to, connecting, network, running, moving, storing}},
      {run_status,
       "status",
       nullptr,
       "What every registry holds for every version, against the policy and the journal",
       "eulerpublisher container status -g docker.io -g quay.io",
       {status_report, meta, changed, where_to, connecting, where_from, network, recipe, storing}},
      {run_sync,
       "sync",
       nullptr,
       "Publish whatever the release repository has and the registries lack",
       "eulerpublisher container sync -g docker.io -g quay.io --every 15m",
       {rounds, where_to, connecting, sources, network, recipe, running, storing, possible_keeping, dry,
        reporting}},
      {run_history,
       "history",
       nullptr,
       "What was released from this machine; with a receipt, all of it",
       "eulerpublisher container history 20241230T101500Z-24.03-LTS-SP1-1",
       {receipt}},
      {run_rollback,
       "rollback",
       nullptr,
       "Point the tags of a release back to what they named before it",
       "eulerpublisher container rollback 20241230T101500Z-24.03-LTS-SP1-1",
       {this_receipt, connecting, dry}},
  };
  return table;
}

const std::vector<CommandEntry>& readme_commands() {
  using namespace option_groups;
  static const std::vector<CommandEntry> table{
      {run_readme_push,
       "push",
       nullptr,
       "Make registries show the README.md of images, where it has changed",
       "eulerpublisher container readme push -g docker.io -g quay.io Database/redis AI/cann",
       {image_folders, where_to, connecting, network, dry}},
      {run_readme_table,
       "table",
       nullptr,
       "Print the table of tags that a README.md should have",
       "eulerpublisher container readme table Database/redis",
       {image_folders}},
  };
  return table;
}

const std::vector<CommandEntry>& store_commands() {
  using namespace option_groups;
  static const std::vector<CommandEntry> table{
      {run_store_prune,
       "prune",
       nullptr,
       "Remove the longest unused until the store is at most this large",
       "eulerpublisher store prune --keep 2GiB",
       {storing, keeping}},
  };
  return table;
}

const std::vector<CommandEntry>& program_commands() {
  using namespace option_groups;
  static const std::vector<CommandEntry> table{
      {run_completion,
       "completion",
       nullptr,
       "The script that lets a shell complete this command line",
       "source <(eulerpublisher completion bash)",
       {shell},
       false},
      {run_man,
       "man",
       nullptr,
       "The manual page of a command, or the pages of all commands",
       "eulerpublisher man container publish | man -l -",
       {manual},
       false},
  };
  return table;
}

}  // namespace eulerpublisher::cli
