#include <sstream>

#include "base/duration.h"
#include "base/size.h"
#include "cli/commands.h"
#include "cli/gates.h"
#include "cli/table.h"
#include "cli/trial_settings.h"
#include "store/new_file.h"
#include "sync/metrics.h"
#include "sync/pulse.h"
#include "sync/service.h"

namespace eulerpublisher::cli {
namespace {

using sync::Round;
using sync::Syncer;

Result<std::vector<Version>> versions_of(const Options& options) {
  std::vector<Version> versions;
  std::istringstream list(options.versions);
  for (std::string word; std::getline(list, word, ',');) {
    size_t begin = word.find_first_not_of(' ');
    if (begin == word.npos) continue;
    word = word.substr(begin, word.find_last_not_of(' ') - begin + 1);
    versions.push_back(TRY(Version::parse(word).within("--versions")));
  }
  if (!options.versions.empty() && versions.empty()) return invalid("--versions names no version");
  return versions;
}

// A syncer with everything under it, from one reading of the policy.
class CliSetting : public sync::Setting {
 public:
  static Result<std::unique_ptr<sync::Setting>> make(const Options& options, Progress& progress) {
    Policy policy = TRY(load_policy(options));
    std::unique_ptr<CliSetting> setting(new CliSetting(options, std::move(policy), progress));
    TRY(setting->join());
    return std::unique_ptr<sync::Setting>(std::move(setting));
  }

  Syncer& syncer() override { return *syncer_; }
  uint64_t activity() override {
    uint64_t sum = pulse_.count();
    for (const auto& [host, traffic] : parts_.traffic()) sum += traffic.all_requests();
    return sum;
  }

 private:
  CliSetting(Options options, Policy policy, Progress& progress)
      : options_(std::move(options)),
        policy_(std::move(policy)),
        pulse_(progress),
        parts_(options_, policy_, pulse_) {}

  Done join() {
    auto destinations = TRY(parts_.destinations());
    ReleaseParts release = TRY(parts_.release_parts(std::move(destinations), !options_.dry_run));
    TRY(trial_terms(options_, policy_, {}));  // what is wrong with them is said before anything is done
    std::vector<Version> versions = TRY(versions_of(options_));
    Store* store = TRY(parts_.store());
    http::Client* client = TRY(parts_.source_client());
    sync::SyncParts parts{
        policy_, options_.sources, std::move(versions), std::move(release), *store, *client, {}, {}, {},
        {},      options_.dry_run};
    parts.request = [this](const Version& version) { return release_request(options_, policy_, version); };
    parts.gate = [this](const ReleaseRequest& request) { return gate(request); };
    parts.traffic = [this] { return parts_.traffic(); };
    if (!options_.keep.empty()) parts.keep = TRY(parse_size(options_.keep).within("--keep"));
    parts.retries = [this] { return parts_.repetitions(); };
    syncer_ = std::make_unique<Syncer>(std::move(parts));
    return {};
  }

  // A script may go while the service runs: then it could not look, and no tag moves.
  Gate gate(const ReleaseRequest& request) const {
    auto gate = gate_for(request, options_, policy_);
    return gate ? std::move(*gate) : failing_gate(std::move(gate).error());
  }

  Options options_;
  Policy policy_;
  sync::Pulse pulse_;
  Parts parts_;
  std::unique_ptr<Syncer> syncer_;
};

std::string cell(const sync::Place& place) {
  std::string text(name_of(place.agreement));
  if (place.seen) text += fmt::format(" {}", place.seen->digest.hex().substr(0, 12));
  return text;
}

std::string describe(const Round& round) {
  std::string text;
  if (!round.versions.empty()) {
    std::vector<Table::Column> titles{{"version"}, {"newest"}};
    for (const sync::Place& place : round.versions.front().places) titles.push_back({place.registry});
    Table table(titles);
    for (const sync::VersionLine& line : round.versions) {
      std::vector<std::string> cells{line.version.text(), line.index.empty() ? "-" : line.index};
      for (const sync::Place& place : line.places) cells.push_back(cell(place));
      table.add_row(std::move(cells));
    }
    text += table.text();
  }
  for (const sync::Work& work : round.work)
    text += fmt::format("{} {}: {}{}{}\n", work.version.text(), work.index.text(),
                        work.result.empty() ? "would be published" : work.result,
                        work.result.empty() ? fmt::format(" ({})", work.because) : "",
                        work.receipt.empty() ? "" : "  " + work.receipt);
  if (round.work.empty()) text += "nothing to publish\n";
  return text;
}

// Whatever was left undone decides: a person or a timer looks at nothing else.
ExitStatus status_of(const Round& round) {
  if (round.success()) return ExitStatus::done;
  if (round.refused()) return ExitStatus::check_refused;
  bool failed = round.stopped || !round.problems.empty();
  for (const sync::Work& work : round.work) failed = failed || work.result == "failed";
  for (const sync::Remark& remark : round.remarks)
    failed = failed || remark.kind == sync::Remark::Kind::given_up ||
             remark.kind == sync::Remark::Kind::problem || remark.kind == sync::Remark::Kind::later;
  return failed ? ExitStatus::failed : ExitStatus::some_behind;
}

// After each round: one JSON document a line, and the metrics.
void report(const Session& session, const Round& round, const Syncer& syncer) {
  if (session.options.json) print_document(round.print());
  if (session.options.metrics.empty() || session.options.dry_run) return;
  std::string text = metrics_text(round, syncer.totals(), syncer.attempts(), syncer.not_yet_since());
  if (Done written = replace_file(session.options.metrics, text); !written)
    log_warning("--metrics: {}", written.error().text());
}

}  // namespace

Result<Round> look_at_newest(const Session& session) {
  Options options = session.options;
  options.dry_run = true;
  auto setting = TRY(CliSetting::make(options, session.parts.progress()));
  return setting->syncer().round(session.stop);
}

Result<ExitStatus> run_sync(Session& session) {
  const Options& options = session.options;
  auto make = [&] { return CliSetting::make(options, session.parts.progress()); };
  if (!options.every.empty()) {
    auto every = TRY(parse_duration(options.every).within("--every"));
    if (options.dry_run) return invalid("--dry-run looks once: leave --every out");
    sync::ServiceParts parts{
        make, [&](const Round& round, const Syncer& syncer) { report(session, round, syncer); }, every,
        session.service.supervisor, session.service.hangup};
    TRY(serve(parts, session.stop));
    return ExitStatus::done;
  }
  auto setting = TRY(make());
  TRY(setting->syncer().begin());
  Round round = setting->syncer().round(session.stop);
  report(session, round, setting->syncer());
  if (options.log_format == "text") tell(session, describe(round));
  return status_of(round);
}

}  // namespace eulerpublisher::cli
