#include <algorithm>
#include <cstdlib>

#include "cli/commands.h"
#include "cli/completion.h"

namespace eulerpublisher::cli {
namespace {

constexpr std::size_t most_receipts = 50;

// The policy that the words so far ask for, or the built-in one while they name none that can be read.
Policy policy_of(const std::vector<std::string>& words) {
  Options options;
  if (const char* file = std::getenv("EULERPUBLISHER_POLICY")) options.policy = file;
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == "--policy") options.policy = words[i + 1];
  auto policy = load_policy(options);
  return policy ? *policy : Policy::built_in();
}

std::vector<Candidate> known_versions(const Policy& policy) {
  std::vector<Candidate> known;
  for (const Version& version : policy.versions()) {
    std::string says;
    if (auto tags = policy.tags_of(version))
      for (const EarnedTag& earned : *tags) says += (says.empty() ? "" : ", ") + earned.tag.text();
    known.push_back({version.text(), says});
  }
  return known;
}

std::vector<Candidate> known_registries(const Policy& policy) {
  std::vector<Candidate> known;
  for (const std::string& registry : policy.registries())
    known.push_back({registry, "a registry of the policy"});
  for (const char* host : {"docker.io", "quay.io", "hub.oepkgs.net"})
    if (std::ranges::count(policy.registries(), std::string(host)) == 0)
      known.push_back({host, "a registry"});
  known.push_back({"oci:", "a folder: an OCI image layout"});
  return known;
}

std::vector<Candidate> known_receipts() {
  std::vector<Candidate> known;
  auto folder = Journal::default_folder();
  // Only asking must not make a journal.
  if (!folder || !std::filesystem::exists(*folder / "journal.db")) return known;
  auto journal = Journal::open(*folder, system_clock());
  if (!journal) return known;
  auto entries = (*journal)->entries(most_receipts);
  if (!entries) return known;
  for (const Journal::Entry& entry : *entries)
    known.push_back({entry.release, entry.command + " " + entry.version + ", " +
                                        (entry.result.empty() ? "not over" : entry.result)});
  return known;
}

std::vector<Candidate> known_values(const OptionDescription& option, const std::vector<std::string>& words) {
  const std::string& kind = option.value;
  if (kind == "V" || option.name() == "--versions") return known_versions(policy_of(words));
  if (kind == "R") return known_registries(policy_of(words));
  if (kind == "RECEIPT") return known_receipts();
  if (option.name() == "--arch")
    return {{"amd64", "x86_64"}, {"arm64", "aarch64"}, {"loong64", "loongarch64"}};
  if (kind == "I")
    return {{"docker_img", "the first release"}, {"docker_img/update/current", "the newest update"}};
  return {};
}

// The commands, level by level: `man container publish`.
std::vector<Candidate> commands_at(const CommandDescription& program, const std::vector<std::string>& words) {
  const CommandDescription* command = &program;
  for (std::size_t i = 1; i + 1 < words.size() && command; ++i) command = command->find(words[i]);
  std::vector<Candidate> known;
  if (command)
    for (const CommandDescription& below : command->commands)
      if (!below.hidden) known.push_back({below.name(), below.says});
  return known;
}

}  // namespace

std::string answer_completion(const std::vector<std::string>& words) {
  CommandLine definition;
  CommandDescription program = describe(definition.app());
  return completion_answer(complete(program, words, [&](const OptionDescription& option) {
    return option.value == "COMMAND" ? commands_at(program, words) : known_values(option, words);
  }));
}

Result<ExitStatus> run_completion(Session& session) {
  print_document(TRY(completion_script(session.options.shell)));
  return ExitStatus::done;
}

}  // namespace eulerpublisher::cli
