#include "release/publish.h"

#include <algorithm>

#include "base/log.h"
#include "base/task_group.h"
#include "release/moves_journal.h"
#include "release/read_back.h"
#include "release/recovery.h"
#include "release/repository_lock.h"
#include "release/staging.h"
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

}  // namespace

bool Outlook::nothing_to_do() const {
  return std::ranges::all_of(plans,
                             [](const Plan& plan) { return plan.moves.empty() && plan.refused.empty(); });
}

// One run's state: a lane for each destination, and the receipt as it grows.
class Publisher::Run {
 public:
  Run(const ReleaseRequest& request, const PublishParts& parts, const Gate& gate, std::stop_token stop)
      : request_(request), parts_(parts), gate_(gate), stop_(std::move(stop)) {
    for (const Destination& destination : parts.destinations)
      lanes_.push_back({destination, {}, {}, {}, {}, {}, false});
    receipt_.tool = parts.tool;
    receipt_.version = request.version.text();
    receipt_.index = request.index.text();
    receipt_.recipe = request.recipe.text();
    receipt_.started = parts.clock.now();
  }

  Result<Outlook> outlook() {
    TRY(look(true));
    plan(intended_content(request_, release_), std::nullopt);
    Outlook outlook;
    TRY(take_plans(outlook));
    for (const Archive& archive : release_.archives) {
      auto layers = prepared_size(parts_.prepare.store, request_, archive);
      Outlook::Image image{archive, layers.has_value(), std::nullopt, layers};
      if (!layers && !outlook.nothing_to_do())
        image.archive_bytes = parts_.prepare.upstream.size_of(archive, stop_);
      outlook.images.push_back(std::move(image));
    }
    outlook.not_released = release_.not_released;
    return outlook;
  }

  Result<Outlook> push_outlook() {
    PreparedRelease prepared = TRY(read_store());
    TRY(look(false));
    plan(prepared.content, prepared.index.digest());
    Outlook outlook;
    for (const AssembledImage& image : prepared.images) {
      uint64_t size = 0;
      for (const Descriptor& layer : image.layers) size += layer.size;
      outlook.images.push_back(
          {{image.platform, image.archive_url, image.archive, {}}, true, std::nullopt, size});
    }
    TRY(take_plans(outlook));
    return outlook;
  }

  Done publish() {
    TRY(begin("publish"));
    TRY(look(true));
    plan(intended_content(request_, release_), std::nullopt);
    TRY(refuse());
    if (nothing_to_do()) return {};
    TRY(ask_permission());
    Staging staging(busy_destinations(), parts_.prepare.progress, stop_);
    auto follow = [&](std::shared_ptr<const Blob> layer, const Platform& platform) {
      staging.follow(std::move(layer), platform);
    };
    auto prepared = TRY(prepare(request_, release_, lenders(), parts_.prepare, follow, stop_));
    return release(staging, prepared);
  }

  Done push() {
    TRY(begin("push"));
    PreparedRelease prepared = TRY(read_store());
    receipt_.recipe = prepared.content.recipe;
    TRY(look(false));
    plan(prepared.content, prepared.index.digest());
    TRY(refuse());
    if (nothing_to_do()) return {};
    TRY(ask_permission());
    Staging staging(busy_destinations(), parts_.prepare.progress, stop_);
    return release(staging, prepared);
  }

  Ended end(Done done) {
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

 private:
  struct Lane {
    Destination destination;
    std::vector<std::optional<Seen>> seen;
    Plan plan;
    std::optional<Error> failed;
    std::optional<StageOutcome> staged;
    DestinationReceipt receipt;
    bool committed = false;
  };

  std::string result_of(const Ended& ended) const {
    if (blocked_) return "refused";
    if (ended.error) return "failed";
    if (ended.behind) return "behind";
    return nothing_to_do_ ? "nothing to do" : "published";
  }

  Done take_plans(Outlook& outlook) {
    for (const Lane& lane : lanes_) {
      if (lane.failed) return *lane.failed;
      outlook.plans.push_back(lane.plan);
    }
    return {};
  }

  Result<PreparedRelease> read_store() {
    auto prepared = TRY(read_prepared(parts_.prepare.store, request_.version, stop_));
    if (prepared) return std::move(*prepared);
    return not_found("{} has not been prepared in {}: run `eulerpublisher container prepare -v {}` first",
                     request_.version.text(), parts_.prepare.store.folder().string(),
                     request_.version.text());
  }

  // From here on no other run touches these repositories, and nothing of an earlier one is left half done.
  Done begin(const std::string& command) {
    if (!parts_.journal) return {};
    std::vector<std::string> names;
    for (const Lane& lane : lanes_) names.push_back(lane.destination.repository->name());
    locks_ = TRY(lock_repositories(parts_.state_folder, names, stop_));
    auto recovered = recover(*parts_.journal, parts_.destinations, parts_.clock, stop_);
    if (recovered) {
      receipt_.notes = std::move(*recovered);
    } else if (request_.best_effort && recovered.error().kind() != ErrorKind::cancelled) {
      receipt_.notes.push_back(recovered.error().text());
      log_warning("{}", recovered.error().text());
    } else {
      return std::move(recovered).error();
    }
    std::string lines;
    for (const std::string& name : names) lines += (lines.empty() ? "" : "\n") + name;
    id_ = TRY(parts_.journal->begin(command, request_.version.text(), lines, request_.best_effort));
    return {};
  }

  // As the program ends (spec: cli.md, the table of exit statuses).
  static int status_of(const Ended& ended) {
    if (ended.blocked) return 4;
    if (ended.behind) return 3;
    if (!ended.error) return 0;
    if (ended.error->kind() == ErrorKind::corrupt) return 5;
    return ended.error->kind() == ErrorKind::invalid ? 2 : 1;
  }

  // A run that had nothing to do is recorded too: that somebody looked is worth knowing.
  void record(Ended& ended) {
    if (!parts_.journal || id_.empty()) return;
    int status = status_of(ended);
    Done written = parts_.journal->end(id_, receipt_.result, status, receipt_.print());
    if (!written) log_warning("{}", written.error().text());
  }

  // The source and all destinations side by side.
  Done look(bool at_the_source) {
    TaskGroup looks(stop_);
    if (at_the_source)
      looks.add([&](std::stop_token stop) -> Done {
        ReleaseWanted wanted{request_.version.text(), request_.index, request_.required, request_.optional};
        release_ = TRY(parts_.prepare.upstream.look(wanted, stop));
        return {};
      });
    for (Lane& lane : lanes_)
      looks.add([&](std::stop_token stop) -> Done {
        auto seen = survey(*lane.destination.repository, names_of(request_.tags), stop);
        if (seen) {
          lane.seen = std::move(*seen);
        } else {
          lane.failed = std::move(seen).error();
        }
        return {};
      });
    TRY(looks.wait());
    for (const Archive& archive : release_.archives)
      receipt_.sources.push_back({archive.platform, archive.url, archive.checksum});
    for (const Platform& platform : release_.not_released)
      receipt_.notes.push_back(
          fmt::format("{} has no {} (optional)", request_.version.text(), platform.architecture));
    return forgive_or_fail();
  }

  // Without best_effort one destination that fails ends the run; with it, only when none is left.
  Done forgive_or_fail() {
    std::vector<std::pair<std::string, Error>> failures;
    for (const Lane& lane : lanes_)
      if (lane.failed) failures.emplace_back(lane.destination.name, *lane.failed);
    if (failures.empty() ||
        (request_.best_effort && failures.size() < lanes_.size() && !stop_.stop_requested()))
      return {};
    return together(failures);
  }

  void plan(const Content& content, std::optional<Digest> digest) {
    std::vector<Wanted> wanted;
    for (const EarnedTag& tag : request_.tags) wanted.push_back({tag.tag, tag.because, digest, content});
    for (Lane& lane : lanes_)
      if (!lane.failed)
        lane.plan = make_plan(lane.destination.repository->name(), wanted, lane.seen, request_.allowed);
  }

  Done refuse() {
    std::string text;
    for (const Lane& lane : lanes_)
      for (const Refusal& refusal : lane.plan.refused)
        text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", lane.plan.repository, refusal.because);
    if (text.empty()) return {};
    return conflict("{}", text);
  }

  bool nothing_to_do() {
    nothing_to_do_ = std::ranges::all_of(lanes_, [](const Lane& lane) { return lane.plan.moves.empty(); });
    if (nothing_to_do_)
      for (const Lane& lane : lanes_)
        if (!lane.seen.empty() && lane.seen.front()) receipt_.digest = lane.seen.front()->digest;
    return nothing_to_do_;
  }

  std::vector<Destination> busy_destinations() const {
    std::vector<Destination> busy;
    for (const Lane& lane : lanes_)
      if (!lane.failed && !lane.plan.moves.empty()) busy.push_back(lane.destination);
    return busy;
  }

  // All logins are tried before anything is fetched; one message lists every registry that refuses.
  Done ask_permission() {
    TaskGroup asks(stop_);
    for (Lane& lane : lanes_) {
      if (lane.failed || lane.plan.moves.empty()) continue;
      asks.add([&](std::stop_token stop) -> Done {
        if (Done may = lane.destination.repository->may_push(stop); !may)
          lane.failed = std::move(may).error();
        return {};
      });
    }
    TRY(asks.wait());
    return forgive_or_fail();
  }

  std::vector<Lender> lenders() const {
    std::vector<Lender> all;
    for (const Lane& lane : lanes_)
      for (const std::optional<Seen>& seen : lane.seen)
        if (seen && !seen->content.archives.empty()) all.push_back({lane.destination.repository, *seen});
    return all;
  }

  Done release(Staging& staging, const PreparedRelease& prepared) {
    receipt_.digest = prepared.index.digest();
    for (const AssembledImage& image : prepared.images)
      receipt_.images.push_back(
          {image.platform, image.manifest.digest(), image.manifest->config.digest, image.layers});
    plan(prepared.content, prepared.index.digest());
    TRY(refuse());
    if (nothing_to_do()) return {};
    for (const StageOutcome& outcome : staging.complete(prepared)) {
      auto lane =
          std::ranges::find(lanes_, outcome.destination, [](const Lane& l) { return l.destination.name; });
      lane->staged = outcome;
      lane->failed = outcome.failed;
    }
    TRY(forgive_or_fail());
    TRY(check(prepared));
    TRY(move_tags(prepared));
    look_at_tags(prepared);
    return {};
  }

  // Reads back what every destination holds, and lets the gate look at it.
  Done check(const PreparedRelease& prepared) {
    Guarded<std::vector<std::string>> blockers;
    TaskGroup looks(stop_);
    for (Lane& lane : lanes_) {
      if (lane.failed || lane.plan.moves.empty()) continue;
      looks.add([&](std::stop_token stop) -> Done {
        RepositoryReader& repository = *lane.destination.repository;
        Done same = read_back(repository, prepared, request_.verify_bytes, stop);
        if (!same) {
          lane.failed = std::move(same).error();
          return {};
        }
        if (!gate_) return {};
        auto found = gate_(repository, prepared, stop);
        if (!found) {
          lane.failed = std::move(found).error();
          return {};
        }
        for (const std::string& text : *found) {
          lane.receipt.findings.push_back(text);
          blockers.lock()->push_back(text);
        }
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

  Done move_tags(const PreparedRelease& prepared) {
    std::vector<CommitLane> lanes;
    for (const Lane& lane : lanes_)
      if (!lane.failed && !lane.plan.moves.empty()) lanes.push_back({lane.destination, lane.plan, {}, {}});
    MovesJournal listener(parts_.journal, id_);
    TRY(listener.announce(lanes));
    auto bytes = [&](RepositoryReader&, const Digest&) -> Result<RawManifest> {
      return prepared.raw_index();
    };
    Done done = commit(lanes, bytes, {request_.best_effort}, listener, parts_.clock, stop_);
    for (const CommitLane& committed : lanes) {
      auto lane = std::ranges::find(lanes_, committed.destination.name,
                                    [](const Lane& l) { return l.destination.name; });
      lane->failed = committed.failed;
      lane->receipt.moves = committed.outcomes;
      lane->committed = true;
    }
    TRY(std::move(done));
    return forgive_or_fail();
  }

  void look_at_tags(const PreparedRelease& prepared) {
    for (Lane& lane : lanes_) {
      if (lane.failed || !lane.committed) continue;
      RepositoryReader& eyes =
          lane.destination.as_public ? *lane.destination.as_public : *lane.destination.repository;
      for (const PublicView& view :
           look_as_public(eyes, names_of(request_.tags), prepared.index.digest(), stop_)) {
        if (view.state == PublicView::State::agrees) continue;
        lane.receipt.findings.push_back(view.text);
        log_warning("{}", view.text);
        if (view.state == PublicView::State::differs || view.state == PublicView::State::absent)
          lane.failed = conflict("{}", view.text);
      }
    }
  }

  void fill_destinations() {
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
      receipt.state = complete && !undone               ? State::done
                      : changed || request_.best_effort ? State::behind
                                                        : State::untouched;
      receipt_.destinations.push_back(receipt);
    }
  }

  const ReleaseRequest& request_;
  const PublishParts& parts_;
  const Gate& gate_;
  std::stop_token stop_;
  std::vector<Lane> lanes_;
  Release release_;
  Receipt receipt_;
  std::string id_;  // of this run in the journal
  std::vector<FileLock> locks_;
  bool nothing_to_do_ = false;
  bool blocked_ = false;
};

Publisher::Publisher(ReleaseRequest request, PublishParts parts, Gate gate)
    : request_(std::move(request)), parts_(std::move(parts)), gate_(std::move(gate)) {}

Publisher::~Publisher() = default;

Result<Outlook> Publisher::outlook(std::stop_token stop) {
  return Run(request_, parts_, gate_, stop).outlook();
}

Result<Outlook> Publisher::push_outlook(std::stop_token stop) {
  return Run(request_, parts_, gate_, stop).push_outlook();
}

Ended Publisher::publish(std::stop_token stop) {
  Run run(request_, parts_, gate_, stop);
  Done done = run.publish();
  return run.end(std::move(done));
}

Ended Publisher::push(std::stop_token stop) {
  Run run(request_, parts_, gate_, stop);
  Done done = run.push();
  return run.end(std::move(done));
}

}  // namespace eulerpublisher
