#include "cli/applications.h"

#include <algorithm>
#include <memory>

#include "base/clock.h"
#include "base/nearest.h"
#include "cli/application_view.h"
#include "cli/print_rollout.h"
#include "cli/workbench.h"

namespace eulerpublisher::cli {

namespace fs = std::filesystem;

namespace {

using catalogue::EntryId;
using rollout::ImageOutcome;

constexpr size_t runs_with_logs = 20;

// Why an entry cannot be published: the first error that lint has about it.
std::string fault_of(const catalogue::Catalogue& catalogue, EntryId id) {
  std::string name = catalogue.name(id), file = catalogue.entry(id).file;
  for (const catalogue::Finding& finding : catalogue.findings) {
    if (finding.severity() != catalogue::Severity::error) continue;
    bool about = std::ranges::find(finding.about, name) != finding.about.end() ||
                 (!file.empty() && finding.place.file == file);
    if (about) return fmt::format("{}:{}: {}", finding.place.file, finding.place.line, finding.text);
  }
  return "its meta.yml does not say what it is made from";
}

bool is_named(const std::vector<std::string>& tags, const std::string& tag) {
  return std::ranges::find(tags, tag) != tags.end();
}

Done look_at_tags(const std::vector<std::string>& tags, const ChosenEntries& chosen) {
  const catalogue::Catalogue& catalogue = chosen.named.catalogue;
  for (const std::string& tag : tags) {
    std::vector<std::string_view> known;
    bool there = false;
    for (EntryId id : catalogue.all_entries()) {
      if (!is_meant(chosen.named.location, catalogue.image(id))) continue;
      known.push_back(catalogue.entry(id).tag);
      there = there || tag == catalogue.entry(id).tag || tag == catalogue.name(id);
    }
    if (there) continue;
    auto near = nearest(tag, known);
    return invalid("--tag: no meta.yml there has the tag '{}'{}", for_message(tag),
                   near ? fmt::format("; did you mean '{}'?", *near) : "");
  }
  return {};
}

ExitStatus status_of(const std::vector<ImageOutcome>& outcomes) {
  using State = ImageOutcome::State;
  auto any = [&](State state) {
    return std::ranges::find(outcomes, state, &ImageOutcome::state) != outcomes.end();
  };
  if (any(State::failed) || any(State::stopped)) return ExitStatus::failed;
  if (any(State::refused)) return ExitStatus::check_refused;
  return any(State::behind) ? ExitStatus::some_behind : ExitStatus::done;
}

}  // namespace

namespace {

// A folder for the logs of this run; those of the oldest runs go.
Result<fs::path> folder_for_logs(Parts& parts) {
  fs::path builds = TRY(parts.state_folder()) / "builds";
  std::vector<fs::path> runs;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(builds, ignored))
    runs.push_back(entry.path());
  std::ranges::sort(runs);
  for (size_t i = 0; i + runs_with_logs <= runs.size(); ++i) fs::remove_all(runs[i], ignored);
  std::string name = rfc3339(system_clock().now());
  std::erase_if(name, [](char c) { return c == ':' || c == '-'; });
  return builds / fmt::format("{}-{}", name, getpid());
}

}  // namespace

Result<rollout::RolloutTerms> rollout_terms(Session& session) {
  const Options& options = session.options;
  rollout::RolloutTerms terms;
  terms.make.network = options.build_network;
  if (!options.time_limit.empty())
    terms.make.time_limit = TRY(parse_time_limit(options.time_limit).within("--time-limit"));
  terms.make.rebuild = options.rebuild;
  terms.make.logs = TRY(folder_for_logs(session.parts));
  terms.allowed = {options.allow_older, options.allow_fewer_platforms};
  terms.best_effort = options.best_effort;
  terms.verify_bytes = options.verify == "full";
  return terms;
}

Result<ChosenEntries> choose_entries(const Session& session) {
  const Options& options = session.options;
  ChosenEntries chosen{TRY(read_named(options.meta, session.policy)), {}, {}};
  const catalogue::Catalogue& catalogue = chosen.named.catalogue;
  TRY(look_at_tags(options.tags, chosen));
  std::set<EntryId> meant;
  for (EntryId id : catalogue.all_entries()) {
    bool named = options.tags.empty() || is_named(options.tags, catalogue.entry(id).tag) ||
                 is_named(options.tags, catalogue.name(id));
    if (named && is_meant(chosen.named.location, catalogue.image(id))) meant.insert(id);
  }
  // What builds on something that changed is published with it, wherever in the catalogue it lies.
  if (auto changes = TRY(changes_asked_for(options, chosen.named, session.stop))) {
    std::erase_if(meant, [&](EntryId id) { return !changes->entries.contains(id); });
    meant = catalogue::BuildGraph(catalogue, session.policy).with_dependants(meant);
  }
  for (EntryId id : meant) {
    if (catalogue.entry(id).publishable)
      chosen.entries.insert(id);
    else
      chosen.unfit.emplace_back(catalogue.name(id), fault_of(catalogue, id));
  }
  return chosen;
}

Result<ExitStatus> publish_applications(Session& session) {
  if (session.options.dry_run) return run_plan_meta(session);
  auto bench = TRY(Workbench::open(session));
  return roll_out_and_tell(session, *bench);
}

Result<ExitStatus> roll_out_and_tell(Session& session, Workbench& bench) {
  auto plan = TRY(bench.plan());
  rollout::RolloutTerms terms = TRY(rollout_terms(session));
  std::vector<ImageOutcome> outcomes = rollout::roll_out(plan, terms, bench.parts(), session.stop);
  for (const auto& [name, fault] : bench.chosen().unfit) {
    outcomes.emplace_back();
    outcomes.back().id = name;
    outcomes.back().state = ImageOutcome::State::failed;
    outcomes.back().because = fault;
  }
  if (session.options.json) print_document(to_json(outcomes));
  tell(session, describe(outcomes));
  for (const auto& [name, because] : plan.latest_stays)
    tell(session, fmt::format("latest of {} stays: {}\n", name, because));
  return status_of(outcomes);
}

Result<ExitStatus> show_applications(Session& session) {
  auto view = TRY(ApplicationView::open(session));
  auto tags = TRY(view->look(TRY(view->plan())));
  if (session.options.json) print_document(to_json(tags));
  tell(session, describe(tags));
  bool problem =
      std::ranges::find(tags, rollout::TagStatus::State::unknown, &rollout::TagStatus::state) != tags.end();
  return problem ? ExitStatus::failed : ExitStatus::done;
}

}  // namespace eulerpublisher::cli
