#include "release/release_run.h"

#include <algorithm>

#include "base/log.h"
#include "check/print_checks.h"
#include "release/inspection.h"
#include "release/read_back.h"
#include "release/recovery.h"
#include "release/repository_lock.h"
#include "release/survey.h"

namespace eulerpublisher {
namespace {

std::vector<Tag> names_of(const std::vector<EarnedTag>& tags) {
  std::vector<Tag> names;
  for (const EarnedTag& tag : tags) names.push_back(tag.tag);
  return names;
}

// What destinations failed with, as one error.  That a registry's bytes cannot be trusted says nothing about
// the archives, so it is not told as if they were.
Error together(const std::vector<std::pair<std::string, Error>>& failures) {
  ErrorKind kind = failures.front().second.kind();
  if (kind == ErrorKind::corrupt || kind == ErrorKind::invalid) kind = ErrorKind::conflict;
  std::string text;
  for (auto& [name, error] : failures) {
    bool named = error.text().find(name) != std::string::npos;
    text += fmt::format("{}{}{}", text.empty() ? "" : "; ", named ? "" : name + ": ", error.text());
  }
  return {kind, text};
}

// As the program ends (spec: cli.md, the table of exit statuses).
int status_of(const Ended& ended) {
  if (ended.blocked) return 4;
  if (ended.behind) return 3;
  if (!ended.error) return 0;
  if (ended.error->kind() == ErrorKind::corrupt) return 5;
  return ended.error->kind() == ErrorKind::invalid ? 2 : 1;
}

}  // namespace

ReleaseRun::ReleaseRun(const ReleaseTerms& terms, const ReleaseParts& parts, const Gate& gate,
                       std::stop_token stop)
    : terms_(terms), parts_(parts), gate_(gate), stop_(std::move(stop)) {
  for (const Destination& destination : parts.destinations)
    lanes_.push_back({destination, {}, {}, {}, {}, {}, false});
  receipt_.tool = parts.tool;
  receipt_.by = parts.by;
  receipt_.version = terms.name;
  receipt_.started = parts.clock.now();
}

Done ReleaseRun::begin(const std::string& command) {
  if (!parts_.journal) return {};
  std::vector<std::string> names;
  for (const Lane& lane : lanes_) names.push_back(lane.destination.repository->name());
  locks_ = TRY(lock_repositories(parts_.state_folder, names, stop_));
  auto recovered = recover(*parts_.journal, parts_.destinations, parts_.clock, parts_.tool, stop_);
  if (recovered) {
    receipt_.notes = std::move(*recovered);
  } else if (terms_.best_effort && recovered.error().kind() != ErrorKind::cancelled) {
    receipt_.notes.push_back(recovered.error().text());
    log_warning("{}", recovered.error().text());
  } else {
    return std::move(recovered).error();
  }
  std::string lines;
  for (const std::string& name : names) lines += (lines.empty() ? "" : "\n") + name;
  id_ = TRY(parts_.journal->begin(command, terms_.name, lines, terms_.best_effort));
  return journal().begun_by(parts_.by);
}

Done ReleaseRun::look(TaskGroup::Task beside) {
  TaskGroup looks(stop_);
  if (beside) looks.add(std::move(beside));
  for (Lane& lane : lanes_)
    looks.add([&](std::stop_token stop) -> Done {
      auto seen = survey(*lane.destination.repository, names_of(terms_.tags), stop);
      if (seen) {
        lane.seen = std::move(*seen);
      } else {
        lane.failed = std::move(seen).error();
      }
      return {};
    });
  TRY(looks.wait());
  return forgive_or_fail();
}

void ReleaseRun::plan(const Content& content, std::optional<Digest> digest) {
  std::vector<Wanted> wanted;
  for (const EarnedTag& tag : terms_.tags) wanted.push_back({tag.tag, tag.because, digest, content, tag.fixed});
  for (Lane& lane : lanes_)
    if (!lane.failed)
      lane.plan = make_plan(lane.destination.repository->name(), wanted, lane.seen, terms_.allowed);
}

Result<bool> ReleaseRun::decide(const Content& content, std::optional<Digest> digest) {
  plan(content, std::move(digest));
  TRY(refuse());
  TRY(note_what_is_there());
  if (nothing_to_do()) return false;
  TRY(ask_permission());
  TRY(journal().begin_with(receipt_.sources));
  return true;
}

Staging ReleaseRun::staging() const {
  std::vector<Destination> busy;
  for (const Lane& lane : lanes_)
    if (!lane.failed && !lane.plan.moves.empty()) busy.push_back(lane.destination);
  return Staging(std::move(busy), parts_.progress, stop_);
}

Done ReleaseRun::release(Staging& staging, const CompleteImage& image, TaskGroup& beside) {
  receipt_.digest = image.index.digest();
  for (const PlatformImage& part : image.platforms)
    receipt_.images.push_back(
        {part.platform, part.manifest.digest(), part.manifest->config.digest, part.layers});
  TRY(journal().made(receipt_.images));
  plan(image.content, image.index.digest());
  TRY(refuse());
  if (nothing_to_do()) return {};
  // What was made just now has been looked at; the rest is read while the registries are busy.
  InspectedLayers layers;
  std::map<Digest, Previous> previous;
  TaskGroup inspection(stop_);
  if (gate_) {
    inspection.add([&](std::stop_token stop) -> Done {
      layers = TRY(inspect_all(image, stop));
      return {};
    });
    inspection.add([&, replaced = replaced_by(image)](std::stop_token stop) -> Done {
      for (auto& [digest, repository] : replaced)
        previous.emplace(digest, TRY(inspect_previous(*repository, digest, image.inspected, stop)));
      return {};
    });
  }
  for (const StageOutcome& outcome : staging.complete(image)) {
    Lane& lane = lane_of(outcome.repository);
    lane.staged = outcome;
    lane.failed = outcome.failed;
  }
  TRY(forgive_or_fail());
  TRY(inspection.wait());
  TRY(beside.wait());
  TRY(check(image, layers, previous));
  TRY(move_tags(image));
  look_at_tags(image);
  return {};
}

Ended ReleaseRun::end(Done done) {
  Ended ended;
  fill_destinations();
  receipt_.id = id_;
  receipt_.finished = parts_.clock.now();
  ended.behind =
      done && std::ranges::any_of(lanes_, [](const Lane& lane) { return lane.failed.has_value(); });
  ended.blocked = blocked_;
  if (!done) {
    ended.error = done.error();
    receipt_.error = done.error().text();
  }
  receipt_.result = result_of(ended);
  record(ended);
  ended.receipt = std::move(receipt_);
  return ended;
}

Result<std::vector<Plan>> ReleaseRun::plans() const {
  std::vector<Plan> plans;
  for (const Lane& lane : lanes_) {
    if (lane.failed) return *lane.failed;
    plans.push_back(lane.plan);
  }
  return plans;
}

std::vector<ReleaseRun::Look> ReleaseRun::looks() const {
  std::vector<Look> looks;
  for (const Lane& lane : lanes_) looks.push_back({lane.destination.repository, lane.seen});
  return looks;
}

MovesJournal ReleaseRun::journal() const { return {id_.empty() ? nullptr : parts_.journal, id_}; }

Done ReleaseRun::refuse() const {
  std::string text;
  for (const Lane& lane : lanes_)
    for (const Refusal& refusal : lane.plan.refused)
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", lane.plan.repository, refusal.because);
  if (text.empty()) return {};
  return conflict("{}", text);
}

bool ReleaseRun::nothing_to_do() {
  nothing_to_do_ = std::ranges::all_of(lanes_, [](const Lane& lane) { return lane.plan.moves.empty(); });
  if (nothing_to_do_)
    for (const Lane& lane : lanes_)
      if (!lane.seen.empty() && lane.seen.front()) receipt_.digest = lane.seen.front()->digest;
  return nothing_to_do_;
}

// So that the journal knows what every tag names that this release answers for.
Done ReleaseRun::note_what_is_there() const {
  for (const Lane& lane : lanes_) {
    std::vector<std::pair<Tag, Digest>> there;
    for (size_t i = 0; i < lane.seen.size(); ++i)
      if (const Tag& tag = terms_.tags[i].tag; lane.seen[i] && std::ranges::count(lane.plan.up_to_date, tag))
        there.emplace_back(tag, lane.seen[i]->digest);
    TRY(journal().up_to_date(lane.destination, there));
  }
  return {};
}

Done ReleaseRun::ask_permission() {
  TaskGroup asks(stop_);
  for (Lane& lane : lanes_) {
    if (lane.failed || lane.plan.moves.empty()) continue;
    asks.add([&](std::stop_token stop) -> Done {
      if (Done may = lane.destination.repository->may_push(stop); !may) lane.failed = std::move(may).error();
      return {};
    });
  }
  TRY(asks.wait());
  return forgive_or_fail();
}

std::map<Digest, RepositoryReader*> ReleaseRun::replaced_by(const CompleteImage& image) const {
  std::map<Digest, RepositoryReader*> replaced;
  for (const Lane& lane : lanes_) {
    if (lane.failed || lane.plan.moves.empty() || lane.seen.empty() || !lane.seen.front()) continue;
    const Digest& digest = lane.seen.front()->digest;
    if (digest != image.index.digest()) replaced.emplace(digest, lane.destination.repository.get());
  }
  return replaced;
}

// Reads back what every destination holds, and lets the gate look at it.
Done ReleaseRun::check(const CompleteImage& image, const InspectedLayers& layers,
                       const std::map<Digest, Previous>& previous) {
  Guarded<std::vector<std::string>> blockers;
  TaskGroup looks(stop_);
  for (Lane& lane : lanes_) {
    if (lane.failed || lane.plan.moves.empty()) continue;
    looks.add([&](std::stop_token stop) -> Done {
      RepositoryReader& repository = *lane.destination.repository;
      Done same = read_back(repository, image, terms_.verify_bytes, stop);
      if (!same) {
        lane.failed = std::move(same).error();
        return {};
      }
      if (!gate_) return {};
      Staged staged{image, layers};
      if (!lane.seen.empty() && lane.seen.front())
        if (auto before = previous.find(lane.seen.front()->digest); before != previous.end()) {
          staged.previous = before->second.image ? &*before->second.image : nullptr;
          staged.no_previous = before->second.unknown;
        }
      auto found = gate_(repository, staged, stop);
      if (!found) {
        lane.failed = std::move(found).error();
        return {};
      }
      for (const std::string& text : blockers_in(*found)) blockers.lock()->push_back(text);
      journal().found(lane.destination, findings_in(*found));
      for (const CheckResult& result : *found)
        if (result.severity == Severity::blocker && result.outcome == Outcome::could_not_look)
          lane.failed = unavailable("{} could not look: {}", result.name, result.note);
      lane.receipt.checks = std::move(*found);
      return {};
    });
  }
  TRY(looks.wait());
  auto found = blockers.lock();
  if (!found->empty()) {
    blocked_ = true;
    return corrupt("a check refuses the image: {}{}; no tag was moved", found->front(),
                   found->size() > 1 ? fmt::format(" (and {} more)", found->size() - 1) : "");
  }
  return forgive_or_fail();
}

Done ReleaseRun::move_tags(const CompleteImage& image) {
  std::vector<CommitLane> lanes;
  for (const Lane& lane : lanes_)
    if (!lane.failed && !lane.plan.moves.empty()) lanes.push_back({lane.destination, lane.plan, {}, {}});
  MovesJournal listener = journal();
  TRY(listener.announce(lanes));
  auto bytes = [&](RepositoryReader&, const Digest&) -> Result<RawManifest> { return image.raw_index(); };
  Done done = commit(lanes, bytes, {terms_.best_effort}, listener, parts_.clock, stop_);
  for (const CommitLane& committed : lanes) {
    Lane& lane = lane_of(committed.destination.repository->name());
    lane.failed = committed.failed;
    lane.receipt.moves = committed.outcomes;
    lane.committed = true;
  }
  TRY(std::move(done));
  return forgive_or_fail();
}

void ReleaseRun::look_at_tags(const CompleteImage& image) {
  for (Lane& lane : lanes_) {
    if (lane.failed || !lane.committed) continue;
    RepositoryReader& eyes =
        lane.destination.as_public ? *lane.destination.as_public : *lane.destination.repository;
    for (const PublicView& view :
         look_as_public(eyes, names_of(terms_.tags), image.index.digest(), parts_.clock, stop_)) {
      if (view.state == PublicView::State::agrees) continue;
      lane.receipt.findings.push_back(view.text);
      log_warning("{}", view.text);
      if (view.state == PublicView::State::differs || view.state == PublicView::State::absent)
        lane.failed = conflict("{}", view.text);
    }
    journal().found(lane.destination, lane.receipt.findings);
  }
}

// Without best_effort one destination that fails ends the run; with it, only when none is left.
Done ReleaseRun::forgive_or_fail() {
  std::vector<std::pair<std::string, Error>> failures;
  for (const Lane& lane : lanes_)
    if (lane.failed) failures.emplace_back(lane.destination.name, *lane.failed);
  if (failures.empty() || (terms_.best_effort && failures.size() < lanes_.size() && !stop_.stop_requested()))
    return {};
  return together(failures);
}

std::string ReleaseRun::result_of(const Ended& ended) const {
  if (blocked_) return "refused";
  if (ended.error) return "failed";
  if (ended.behind) return "behind";
  return nothing_to_do_ ? "nothing to do" : "published";
}

// A run that had nothing to do is recorded too: that somebody looked is worth knowing.
void ReleaseRun::record(Ended& ended) {
  if (!parts_.journal || id_.empty()) return;
  int status = status_of(ended);
  Done written = parts_.journal->end(id_, receipt_.result, status, receipt_.print());
  if (!written) log_warning("{}", written.error().text());
}

void ReleaseRun::fill_destinations() {
  using State = DestinationReceipt::State;
  for (Lane& lane : lanes_) {
    DestinationReceipt& receipt = lane.receipt;
    receipt.name = lane.destination.name;
    receipt.repository = lane.destination.repository->name();
    receipt.up_to_date = lane.plan.up_to_date;
    if (lane.failed) receipt.error = lane.failed->text();
    if (lane.staged) {
      receipt.blobs_sent = lane.staged->blobs_sent;
      receipt.blobs_there = lane.staged->blobs_there;
    }
    bool complete = !lane.failed && (lane.committed || lane.plan.moves.empty());
    bool changed = std::ranges::any_of(receipt.moves, [](const MoveOutcome& outcome) {
      return outcome.state == MoveOutcome::State::moved || outcome.state == MoveOutcome::State::left;
    });
    bool undone = std::ranges::any_of(receipt.moves, [](const MoveOutcome& outcome) {
      return outcome.state != MoveOutcome::State::moved && outcome.state != MoveOutcome::State::up_to_date;
    });
    receipt.state = complete && !undone             ? State::done
                    : changed || terms_.best_effort ? State::behind
                                                    : State::untouched;
    receipt_.destinations.push_back(receipt);
  }
}

ReleaseRun::Lane& ReleaseRun::lane_of(const std::string& repository) {
  return *std::ranges::find(lanes_, repository,
                            [](const Lane& lane) { return lane.destination.repository->name(); });
}

}  // namespace eulerpublisher
