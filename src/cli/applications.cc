#include "cli/applications.h"

#include <algorithm>
#include <memory>

#include "base/clock.h"
#include "base/nearest.h"
#include "build/builders.h"
#include "build/workshop.h"
#include "cli/print_rollout.h"
#include "cli/shelves.h"
#include "rollout/gate.h"

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

Done look_at_tags(const std::vector<std::string>& tags, const ChosenEntries& chosen) {
  const catalogue::Catalogue& catalogue = chosen.named.catalogue;
  for (const std::string& tag : tags) {
    std::vector<std::string_view> known;
    for (EntryId id : catalogue.all_entries())
      if (is_meant(chosen.named.location, catalogue.image(id))) known.push_back(catalogue.entry(id).tag);
    if (std::ranges::find(known, std::string_view(tag)) != known.end()) continue;
    auto near = nearest(tag, known);
    return invalid("--tag: no meta.yml there has the tag '{}'{}", for_message(tag),
                   near ? fmt::format("; did you mean '{}'?", *near) : "");
  }
  return {};
}

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

ExitStatus status_of(const std::vector<ImageOutcome>& outcomes) {
  using State = ImageOutcome::State;
  auto any = [&](State state) {
    return std::ranges::find(outcomes, state, &ImageOutcome::state) != outcomes.end();
  };
  if (any(State::failed) || any(State::stopped)) return ExitStatus::failed;
  if (any(State::refused)) return ExitStatus::check_refused;
  return any(State::behind) ? ExitStatus::some_behind : ExitStatus::done;
}

rollout::RolloutTerms terms_of(const Options& options, fs::path logs) {
  rollout::RolloutTerms terms;
  terms.make.network = options.build_network;
  if (options.time_limit > 0) terms.make.time_limit = std::chrono::minutes(options.time_limit);
  terms.make.rebuild = options.rebuild;
  terms.make.logs = std::move(logs);
  terms.allowed = {options.allow_older, options.allow_fewer_platforms};
  terms.best_effort = options.best_effort;
  terms.verify_bytes = options.verify == "full";
  return terms;
}

}  // namespace

Result<ChosenEntries> choose_entries(const Session& session) {
  const Options& options = session.options;
  ChosenEntries chosen{TRY(read_named(options.meta, session.policy)), {}, {}};
  const catalogue::Catalogue& catalogue = chosen.named.catalogue;
  TRY(look_at_tags(options.tags, chosen));
  auto changes = TRY(changes_asked_for(options, chosen.named, session.stop));
  std::set<EntryId> changed;
  if (changes) changed = catalogue::BuildGraph(catalogue, session.policy).with_dependants(changes->entries);
  for (EntryId id : catalogue.all_entries()) {
    const catalogue::Entry& entry = catalogue.entry(id);
    bool meant = is_meant(chosen.named.location, catalogue.image(id)) && (!changes || changed.contains(id));
    if (!options.tags.empty() && std::ranges::find(options.tags, entry.tag) == options.tags.end())
      meant = false;
    if (!meant) continue;
    if (entry.publishable)
      chosen.entries.insert(id);
    else
      chosen.unfit.emplace_back(catalogue.name(id), fault_of(catalogue, id));
  }
  return chosen;
}

namespace {

// Everything that a rollout needs, joined; the pieces point at each other, so it stays where it is.
class Workbench {
 public:
  Workbench(Session& session, ChosenEntries chosen, std::unique_ptr<build::Workshop> workshop, Store& store,
            const std::vector<BuilderRule>& rules, Shelves shelves)
      : session_(session),
        chosen_(std::move(chosen)),
        workshop_(std::move(workshop)),
        builders_(rules, session.options.jobs, *workshop_, store),
        bases_(one_by_one(std::move(shelves.from)), one_by_one(std::move(shelves.published))),
        parts_{{chosen_.named.catalogue, session.policy, bases_,
                [this](const Platform& platform) { return builders_.kind_for(platform); }},
               {builders_, store, bases_, session.parts.progress()},
               [this](const std::string& image) { return release_of(image); },
               [this](const catalogue::Build& build, const rollout::TagGroup& group) {
                 return rollout::application_gate(parts_.recipe, build, group);
               }} {}
  Workbench(const Workbench&) = delete;

  static Result<std::unique_ptr<Workbench>> open(Session& session) {
    auto rules = TRY(build::choose_builders(session.options.builder, session.policy.builders()));
    ChosenEntries chosen = TRY(choose_entries(session));
    Store* store = TRY(session.parts.store());
    auto workshop =
        std::make_unique<build::Workshop>(TRY(build::Workshop::open(store->folder() / "building")));
    Shelves shelves = TRY(shelves_for(session.options, session.parts, chosen.named.catalogue.repositories));
    return std::make_unique<Workbench>(session, std::move(chosen), std::move(workshop), *store, rules,
                                       std::move(shelves));
  }

  const ChosenEntries& chosen() const { return chosen_; }
  const rollout::RolloutParts& parts() const { return parts_; }
  Result<catalogue::BuildPlan> plan() const {
    return catalogue::make_build_plan(chosen_.named.catalogue, chosen_.entries, session_.policy);
  }

 private:
  // The program's parts belong to one thread at a time.
  rollout::Shelf one_by_one(rollout::Shelf shelf) {
    shelf.repository = [this, inner = std::move(shelf.repository)](const std::string& image) {
      auto alone = alone_.lock();
      return inner(image);
    };
    return shelf;
  }
  Result<ReleaseParts> release_of(const std::string& image) {
    auto alone = alone_.lock();
    return session_.parts.release_parts(TRY(destinations_of_image(session_.options, session_.parts, image)),
                                        true);
  }

  Session& session_;
  ChosenEntries chosen_;
  std::unique_ptr<build::Workshop> workshop_;
  Guarded<bool> alone_;
  build::Builders builders_;
  rollout::Bases bases_;
  rollout::RolloutParts parts_;
};

}  // namespace

Result<ExitStatus> publish_applications(Session& session) {
  auto bench = TRY(Workbench::open(session));
  auto plan = TRY(bench->plan());
  rollout::RolloutTerms terms = terms_of(session.options, TRY(folder_for_logs(session.parts)));
  std::vector<ImageOutcome> outcomes = rollout::roll_out(plan, terms, bench->parts(), session.stop);
  for (const auto& [name, fault] : bench->chosen().unfit) {
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
  auto bench = TRY(Workbench::open(session));
  auto plan = TRY(bench->plan());
  auto tags = TRY(rollout::look_at_status(plan, bench->parts(), session.stop));
  if (session.options.json) print_document(to_json(tags));
  tell(session, describe(tags));
  bool problem =
      std::ranges::find(tags, rollout::TagStatus::State::unknown, &rollout::TagStatus::state) != tags.end();
  return problem ? ExitStatus::failed : ExitStatus::done;
}

}  // namespace eulerpublisher::cli
