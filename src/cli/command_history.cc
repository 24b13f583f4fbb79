#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/person.h"
#include "cli/print.h"
#include "cli/table.h"
#include "release/rollback.h"

namespace eulerpublisher::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t most_entries = 1000;

std::string repositories_of(const Journal::Entry& entry) {
  std::string text = entry.repositories;
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

Result<Journal::Entry> entry_of(Journal& journal, const std::string& receipt) {
  auto entry = TRY(journal.entry(receipt));
  if (!entry)
    return not_found("there is no receipt {}; `eulerpublisher container history` lists them", receipt);
  return std::move(*entry);
}

Result<ExitStatus> show_receipt(Session& session, Journal& journal) {
  Journal::Entry entry = TRY(entry_of(journal, session.options.receipt));
  if (session.options.json) print_document(entry.receipt.empty() ? "{}\n" : entry.receipt + "\n");
  std::string text = fmt::format("{}  {} {}  {}\n", entry.release, entry.command, entry.version,
                                 entry.result.empty() ? "not over" : entry.result);
  for (const Journal::Event& event : TRY(journal.events(entry.release)))
    text += fmt::format("  {}  {} {} {}  {}\n", rfc3339(event.when), event.kind, event.repository, event.tag,
                        event.text);
  if (!session.options.json) text += entry.receipt + "\n";
  tell(session, text);
  return ExitStatus::done;
}

// The targets of a past release, as its receipt names them.
Result<std::vector<Target>> targets_of(const PastRelease& past) {
  std::vector<Target> targets;
  for (const PastRelease::Lane& lane : past.lanes) {
    if (lane.name.starts_with("oci:")) {
      RepositoryName any = TRY(RepositoryName::parse("openeuler"));
      targets.push_back({lane.name, std::nullopt, lane.name.substr(4), any});
      continue;
    }
    RegistryHost host = TRY(RegistryHost::parse(lane.name));
    size_t slash = lane.repository.find('/');
    RepositoryName name =
        TRY(RepositoryName::parse(slash == std::string::npos ? "" : lane.repository.substr(slash + 1)));
    targets.push_back({lane.name, host, {}, name});
  }
  return targets;
}

}  // namespace

Result<ExitStatus> run_history(Session& session) {
  Journal* journal = TRY(session.parts.journal());
  if (!session.options.receipt.empty()) return show_receipt(session, *journal);
  Table table({{"receipt"}, {"command"}, {"version"}, {"started"}, {"result"}, {"repositories"}});
  Json documents = Json::array();
  for (const Journal::Entry& entry : TRY(journal->entries(most_entries))) {
    std::string result = entry.result.empty() ? "not over" : entry.result;
    table.add_row({entry.release, entry.command, entry.version, rfc3339(entry.started), result,
                   repositories_of(entry)});
    documents.push_back({{"receipt", entry.release},
                         {"command", entry.command},
                         {"version", entry.version},
                         {"started", rfc3339(entry.started)},
                         {"result", result},
                         {"repositories", repositories_of(entry)}});
  }
  if (session.options.json) print_document(documents.dump(2) + "\n");
  tell(session, table.empty() ? "nothing was released from this machine yet\n" : table.text());
  return ExitStatus::done;
}

Result<ExitStatus> run_rollback(Session& session) {
  Journal* journal = TRY(session.parts.journal());
  Journal::Entry entry = TRY(entry_of(*journal, session.options.receipt));
  PastRelease past = TRY(parse_receipt(entry.receipt).within("the receipt {}", entry.release));
  if (past.lanes.empty()) {
    tell(session, fmt::format("{} moved no tag: there is nothing to take back\n", entry.release));
    return ExitStatus::done;
  }
  auto destinations = TRY(session.parts.destinations_for(TRY(targets_of(past))));
  auto [plans, notes] = TRY(plan_rollback(past, destinations, session.stop));
  tell(session, describe(plans));
  for (const std::string& note : notes) tell(session, "note: " + note + "\n");
  if (session.options.dry_run) {
    if (session.options.json) print_document(to_json(plans));
    return ExitStatus::done;
  }
  std::filesystem::path state = TRY(session.parts.state_folder());
  RolledBack ended = roll_back(
      past, {destinations, *journal, state, system_clock(), tool_name(), person()}, session.stop);
  if (session.options.json) print_document(ended.receipt.print());
  if (ended.error) return std::move(*ended.error);
  tell(session, describe(ended.receipt));
  return ExitStatus::done;
}

}  // namespace eulerpublisher::cli
