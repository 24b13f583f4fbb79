// The second half of a round: what is decided, done and remembered.

#include "sync/syncer.h"

#include <algorithm>

#include "base/log.h"
#include "release/recovery.h"
#include "release/repository_lock.h"
#include "store/new_file.h"

namespace eulerpublisher::sync {
namespace {

namespace fs = std::filesystem;

// How often what nobody asks for any more is forgotten, in rounds: more than the turns of any version.
constexpr uint64_t forget_every = 16;

std::vector<std::string> repositories_of(const std::vector<Destination>& destinations) {
  std::vector<std::string> names;
  for (const Destination& destination : destinations) names.push_back(destination.repository->name());
  std::ranges::sort(names);
  return names;
}

std::string short_name(const std::string& text) { return std::string(digest_of(text).hex().substr(0, 32)); }

LogLevel level_of(Remark::Kind kind) {
  switch (kind) {
    case Remark::Kind::not_yet:
      return LogLevel::info;
    case Remark::Kind::given_up:
      return LogLevel::error;
    default:
      return LogLevel::warning;
  }
}

// Whether some of a directory's archives were replaced and others not: the release side may still be at work.
bool half_replaced(const Offered& before, const Offered& now) {
  if (before.index.text() != now.index.text()) return false;
  auto same = std::ranges::count_if(now.release.archives, [&](const Archive& archive) {
    return std::ranges::find(before.release.archives, archive.checksum, &Archive::checksum) !=
           before.release.archives.end();
  });
  return same > 0 && same < std::ranges::ssize(now.release.archives);
}

VersionLine line_of(const VersionView& view, const std::vector<Agreement>& agreement) {
  VersionLine line{
      view.version, view.in_policy, view.offer.newest ? view.offer.newest->index.text() : "", {}};
  for (size_t i = 0; i < view.held.size(); ++i) {
    const Held& held = view.held[i];
    line.places.push_back(
        {held.registry, agreement[i], held.seen.empty() ? std::nullopt : held.seen.front(), held.problem});
  }
  return line;
}

}  // namespace

Syncer::Syncer(SyncParts parts)
    : parts_(std::move(parts)), documents_(parts_.client), reader_(documents_, parts_.release.clock) {}

Syncer::~Syncer() = default;

Done Syncer::begin() {
  if (parts_.release.state_folder.empty()) return {};
  fs::path folder = parts_.release.state_folder / "sync";
  TRY(make_folders(folder));
  std::string all;
  for (const std::string& name : repositories_of(parts_.release.destinations)) {
    auto lock = TRY(FileLock::try_exclusive(folder / (short_name(name) + ".lock")));
    if (!lock)
      return conflict(
          "another sync is at work for {} on this machine: end that one first, or name other "
          "registries",
          name);
    locks_.push_back(std::move(*lock));
    all += name + "\n";
  }
  state_file_ = folder / (short_name(all) + ".json");
  auto state = read_state(state_file_);
  if (!state) {
    log_warning("what an earlier sync knew cannot be read, and is looked at anew: {}", state.error().text());
    return {};
  }
  state_ = std::move(*state);
  documents_.keep(std::exchange(state_.documents, {}));
  images_.keep(std::exchange(state_.indexes, {}));
  return {};
}

Round Syncer::round(std::stop_token stop) {
  Round round;
  Clock& clock = parts_.release.clock;
  round.started = clock.now();
  finish_earlier_runs(round, stop);
  auto candidates = discover(round, stop);
  read_offers(candidates, stop);
  add_dated(candidates, round, stop);
  survey(candidates, round, stop);
  if (!stop.stop_requested()) {
    Instant now = clock.now();
    remember_incomplete(candidates, now);
    std::vector<VersionView> views;
    for (const Candidate& candidate : candidates) views.push_back(candidate.view);
    Decision decision = decide(views, state_.attempts, state_.not_yet_since, now, parts_.policy.sync());
    tell(decision, candidates, round);
    work(decision, candidates, round, stop);
    look_at_work(candidates, decision, round, stop);
    settle(decision, candidates);
    prune(round);
  }
  round.stopped = stop.stop_requested();
  round.finished = clock.now();
  count_traffic();
  ++state_.totals.rounds;
  if (round.success() && !parts_.dry_run) state_.totals.last_success = round.finished;
  save(round);
  return round;
}

// A run that was killed after its last move has left nothing to publish, only its own end to be written.
void Syncer::finish_earlier_runs(Round& round, std::stop_token stop) {
  if (!parts_.release.journal || parts_.dry_run) return;
  auto unfinished = parts_.release.journal->unfinished();
  if (!unfinished || unfinished->empty()) return;
  const auto& destinations = parts_.release.destinations;
  auto locks = lock_repositories(parts_.release.state_folder, repositories_of(destinations), stop);
  if (!locks) return;
  auto finished =
      recover(*parts_.release.journal, destinations, parts_.release.clock, parts_.release.tool, stop);
  if (!finished) {
    round.problems.push_back(finished.error().text());
    return;
  }
  for (const std::string& note : *finished) log_info("{}", note);
  round.notes = std::move(*finished);
}

void Syncer::tell(const Decision& decision, const std::vector<Candidate>& candidates, Round& round) {
  round.remarks = decision.remarks;
  for (const Candidate& candidate : candidates)
    round.versions.push_back(line_of(candidate.view, decision.agreement.at(candidate.view.version)));
  // What was said in the last round is still so, and said again only when it has changed.
  std::vector<std::string> told;
  auto say = [&](LogLevel level, std::string text) {
    if (std::ranges::find(told_, text) == told_.end()) log_line(level, text);
    told.push_back(std::move(text));
  };
  for (const std::string& problem : round.problems) say(LogLevel::warning, problem);
  for (const Remark& remark : decision.remarks)
    say(level_of(remark.kind), fmt::format("{} {}", remark.version.text(), remark.text));
  told_ = std::move(told);
}

void Syncer::work(const Decision& decision, std::vector<Candidate>& candidates, Round& round,
                  std::stop_token stop) {
  for (const Task& task : decision.tasks) {
    if (stop.stop_requested()) return;
    if (parts_.dry_run) {
      round.work.push_back({task.version, task.index, task.registries, task.because, {}, {}, {}, {}});
      continue;
    }
    auto candidate = std::ranges::find_if(
        candidates, [&](const Candidate& one) { return one.view.version == task.version; });
    log_info("{} {}: {}", task.version.text(), task.index.text(), task.because);
    round.work.push_back(publish(task, *candidate, stop));
    save(round);
  }
}

Work Syncer::publish(const Task& task, const Candidate& candidate, std::stop_token stop) {
  Clock& clock = parts_.release.clock;
  ReleaseRequest request = *candidate.request;
  request.index = task.index;
  request.tags = task.tags;
  request.best_effort = true;  // a registry that fails gets it in another round
  ReleaseRepository upstream(candidate.sought.sources, documents_, clock);
  PublishParts parts{{parts_.store, upstream, parts_.release.progress}, parts_.release};
  std::erase_if(parts.release.destinations, [&](const Destination& destination) {
    return std::ranges::find(task.destinations, destination.name) == task.destinations.end();
  });
  Instant started = clock.now();
  Ended ended = Publisher(request, std::move(parts), parts_.gate(request)).publish(stop);
  auto took = clock.now() - started;
  Work work{task.version,         task.index,
            task.registries,      task.because,
            ended.receipt.result, ended.receipt.id,
            ended.receipt.error,  std::chrono::duration_cast<std::chrono::milliseconds>(took)};
  std::optional<Error> failure = ended.error;
  if (ended.blocked) failure = conflict("{}", ended.receipt.error);
  for (const DestinationReceipt& destination : ended.receipt.destinations) {
    for (const CheckResult& check : destination.checks)
      if (!check.findings.empty())
        state_.totals.findings[std::string(name_of(check.severity))] += check.findings.size();
    if (!ended.behind || destination.error.empty()) continue;
    failure = unavailable("{}: {}", destination.name, destination.error);
    work.error += (work.error.empty() ? "" : "; ") + failure->text();
  }
  if (!failure) {
    state_.attempts.erase(task.key);
  } else if (failure->kind() != ErrorKind::cancelled && !stop.stop_requested()) {
    if (remember_failure(task, candidate, *failure, stop)) work.result = "not yet";
  }
  ++state_.totals.releases[{task.version.text(), work.result}];
  state_.totals.release_seconds += std::chrono::duration<double>(took).count();
  return work;
}

// Whether it is no failure yet.
bool Syncer::remember_failure(const Task& task, const Candidate& candidate, const Error& failure,
                              std::stop_token stop) {
  Instant now = parts_.release.clock.now();
  const SyncRules& rules = parts_.policy.sync();
  auto before = state_.attempts.find(task.key);
  std::string files;
  if (is_checksum_mismatch(failure) && candidate.view.offer.newest)
    files = reader_.state_of(candidate.sought, candidate.view.offer.newest->release, stop);
  Attempt attempt = after_failure(before == state_.attempts.end() ? nullptr : &before->second, task.what,
                                  files, failure, now, rules);
  bool not_yet = attempt.not_yet && now - attempt.since <= rules.not_yet_limit;
  LogLevel level = attempt.given_up ? LogLevel::error : not_yet ? LogLevel::info : LogLevel::warning;
  log_line(level,
           fmt::format("{} {}: {}; {}", task.version.text(), task.index.text(), failure.text(),
                       attempt.given_up ? fmt::format("given up after {} failures", attempt.failures)
                                        : fmt::format("the next try is at {}", rfc3339(attempt.next))));
  state_.attempts[task.key] = std::move(attempt);
  return not_yet;
}

// What the registries hold of it now, so that the report tells it and the next round need not read it.
void Syncer::look_at_work(const std::vector<Candidate>& candidates, Decision& decision, Round& round,
                          std::stop_token stop) {
  if (round.work.empty() || parts_.dry_run || stop.stop_requested()) return;
  std::vector<Candidate> touched;
  for (const Candidate& candidate : candidates)
    if (std::ranges::find(round.work, candidate.view.version, &Work::version) != round.work.end())
      touched.push_back(candidate);
  for (Candidate& candidate : touched) candidate.view.held.clear();
  survey(touched, round, stop);
  std::vector<VersionView> views;
  for (const Candidate& candidate : touched) views.push_back(candidate.view);
  Decision after = decide(views, {}, {}, parts_.release.clock.now(), parts_.policy.sync());
  for (const VersionView& view : views) {
    const std::vector<Agreement>& agreement = after.agreement.at(view.version);
    decision.agreement.insert_or_assign(view.version, agreement);
    *std::ranges::find(round.versions, view.version, &VersionLine::version) = line_of(view, agreement);
  }
}

// Of what is published as it should be, the next rounds look at less.
void Syncer::settle(const Decision& decision, const std::vector<Candidate>& candidates) {
  for (const Candidate& candidate : candidates) {
    const VersionView& view = candidate.view;
    auto before = state_.published.find(view.version);
    bool half = before != state_.published.end() && view.offer.newest &&
                half_replaced(*before->second.newest, *view.offer.newest);
    bool settled = view.offer.newest && view.offer.not_yet.empty() && !view.offer.problem &&
                   view.dated.empty() && !half &&
                   std::ranges::all_of(decision.agreement.at(view.version),
                                       [](Agreement agreement) { return agreement == Agreement::agreed; });
    if (!settled) {
      state_.published.erase(view.version);
      continue;
    }
    state_.published.insert_or_assign(view.version, view.offer);
    // Somebody else has published it, or it is no longer wanted.
    std::erase_if(state_.attempts, [&](const auto& entry) {
      return entry.first == view.version.text() || entry.first.starts_with(view.version.text() + " ");
    });
  }
}

// A service holds the store, so that nobody else can prune it.
void Syncer::prune(const Round& round) {
  if (!parts_.keep || round.work.empty() || parts_.dry_run) return;
  auto pruned = parts_.store.prune(*parts_.keep);
  if (!pruned)
    log_info("the store is not pruned this time: {}", pruned.error().text());
  else if (pruned->files > 0)
    log_info("the store: {} files removed, {} bytes left", pruned->files, pruned->bytes_after);
}

void Syncer::save(Round& round) {
  if (state_file_.empty() || parts_.dry_run) return;
  bool over = round.finished != Instant{};
  if (over && state_.totals.rounds % forget_every == 0) documents_.forget_unused();
  // A registry that could not be looked at still holds what it held.
  if (over && round.problems.empty() && !round.stopped) images_.forget_unused();
  State state = state_;
  state.documents = documents_.kept();
  state.indexes = images_.indexes();
  if (Done written = write_state(state_file_, state); !written) {
    log_warning("{}", written.error().text());
    round.problems.push_back(written.error().text());
  }
}

void Syncer::count_traffic() {
  auto traffic = parts_.traffic();
  for (const auto& [name, now] : traffic) {
    const http::Traffic& before = counted_[name];
    Totals::Host& host = state_.totals.hosts[name];
    host.requests += now.all_requests() - before.all_requests();
    host.bytes_sent += now.bytes_sent - before.bytes_sent;
    host.bytes_received += now.bytes_received - before.bytes_received;
  }
  counted_ = std::move(traffic);
  uint64_t retries = parts_.retries();
  state_.totals.retries += retries - std::exchange(counted_retries_, retries);
}

}  // namespace eulerpublisher::sync
