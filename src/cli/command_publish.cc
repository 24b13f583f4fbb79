#include <algorithm>

#include "check/check.h"
#include "check/comparison.h"
#include "cli/applications.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/trial_settings.h"
#include "rpm/read_packages.h"

namespace eulerpublisher::cli {

namespace {

// Runs a staged image once, whatever the number of registries it is staged in: their digests are the same.
class TrialOnce {
 public:
  using Results = std::vector<CheckResult>;
  Result<Results> of(const CheckedImage& image, const Staged& staged, const Expectation& expected,
                     const CheckRules& rules, const TrialTerms& terms, std::stop_token stop) {
    auto done = done_.lock();
    if (!*done) {
      auto open_layer = [&](const Descriptor& layer,
                            std::stop_token stop) -> Result<std::unique_ptr<Source>> {
        auto blob = staged.image.layers.find(layer.digest);
        if (blob == staged.image.layers.end()) return not_found("there is no layer {}", layer.digest.brief());
        return blob->second->open(0, stop);
      };
      *done = TRY(run_trials(image, open_layer, expected, rules, terms, stop));
    }
    return **done;
  }

 private:
  Guarded<std::optional<Results>> done_;
};

// Looks at what a registry holds before any tag moves there.  What is inside the layers was looked at while
// they were made, and their digests say that these are the same; so what is run is our own copy.
Gate gate_with(const ReleaseRequest& request, const Policy& policy, const TrialTerms& terms) {
  auto trial = std::make_shared<TrialOnce>();
  Expectation expected{.version = request.version,
                       .required = request.required,
                       .tags = {},
                       .utc = policy.utc(),
                       .tmout = policy.tmout()};
  expected.fewer_platforms = request.allowed.allow_fewer_platforms;
  for (const EarnedTag& earned : request.tags) expected.names.push_back(earned.tag);
  return [expected, terms, trial, rules = policy.checks()](
             RepositoryReader& reader, const Staged& staged,
             std::stop_token stop) -> Result<std::vector<CheckResult>> {
    CheckedImage image = TRY(read_image(reader, staged.image.raw_index().descriptor(), staged.layers,
                                        Unread::read, stop, packages_of_root));
    Subject subject{reader, image, expected, rules};
    std::optional<Comparison> comparison;
    if (staged.previous) comparison = compare(*staged.previous, image);
    if (comparison) subject.comparison = &*comparison;
    subject.not_compared = staged.no_previous;
    auto results = run_checks(all_checks(), subject, stop);
    auto tried = TRY(trial->of(image, staged, expected, rules, terms, stop));
    std::ranges::move(tried, std::back_inserter(results));
    return results;
  };
}

Result<ExitStatus> tell_end(const Session& session, Ended ended) {
  if (session.options.json) print_document(ended.receipt.print());
  if (ended.blocked) {
    tell(session, describe(ended.receipt));
    return ExitStatus::check_refused;
  }
  if (ended.error) return std::move(*ended.error);
  tell(session, describe(ended.receipt));
  return ended.behind ? ExitStatus::some_behind : ExitStatus::done;
}

Result<ExitStatus> show_outlook(Session& session, const ReleaseRequest& request, Publisher& publisher) {
  Outlook outlook = TRY(publisher.outlook(session.stop));
  if (session.options.json) print_document(to_json(outlook, request));
  tell(session, describe(outlook, request));
  return ExitStatus::done;
}

Result<ReleaseRequest> dated_request(Session& session) {
  ReleaseRequest request = TRY(release_request(session.options, session.policy));
  if (!request.index.is_current()) return request;
  ReleaseRepository* upstream = TRY(session.parts.upstream(request.version));
  return resolve_current(std::move(request), *upstream, session.stop);
}

}  // namespace

Result<Gate> gate_for(const ReleaseRequest& request, const Options& options, const Policy& policy) {
  TrialTerms terms = TRY(trial_terms(options, policy, request.version.tag().text()));
  return gate_with(request, policy, terms);
}

Result<ExitStatus> run_publish(Session& session) {
  if (!session.options.meta.empty()) return publish_applications(session);
  ReleaseRequest request = TRY(dated_request(session));
  Gate gate = TRY(gate_for(request, session.options, session.policy));
  auto parts = TRY(session.parts.publish_parts(request.version, !session.options.dry_run));
  Publisher publisher(request, std::move(parts), std::move(gate));
  if (session.options.dry_run) return show_outlook(session, request, publisher);
  return tell_end(session, publisher.publish(session.stop));
}

Result<ExitStatus> run_plan(Session& session) {
  if (!session.options.meta.empty()) return run_plan_meta(session);
  ReleaseRequest request = TRY(dated_request(session));
  auto parts = TRY(session.parts.publish_parts(request.version, false));
  Publisher publisher(request, std::move(parts), {});
  return show_outlook(session, request, publisher);
}

Result<ExitStatus> run_push(Session& session) {
  ReleaseRequest request = TRY(release_request(session.options, session.policy));
  Gate gate = TRY(gate_for(request, session.options, session.policy));
  auto parts = TRY(session.parts.publish_parts(request.version, !session.options.dry_run));
  Publisher publisher(request, std::move(parts), std::move(gate));
  if (session.options.dry_run) {
    Outlook outlook = TRY(publisher.push_outlook(session.stop));
    if (session.options.json) print_document(to_json(outlook, request));
    tell(session, describe(outlook, request));
    return ExitStatus::done;
  }
  return tell_end(session, publisher.push(session.stop));
}

}  // namespace eulerpublisher::cli
