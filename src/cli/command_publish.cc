#include "check/check.h"
#include "cli/applications.h"
#include "cli/commands.h"
#include "cli/gates.h"
#include "cli/print.h"
#include "cli/trial_settings.h"

namespace eulerpublisher::cli {

namespace {

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
  Expectation expected{.version = request.version,
                       .required = request.required,
                       .tags = {},
                       .utc = policy.utc(),
                       .tmout = policy.tmout()};
  expected.fewer_platforms = request.allowed.allow_fewer_platforms;
  for (const EarnedTag& earned : request.tags) expected.names.push_back(earned.tag);
  TrialTerms terms = TRY(trial_terms(options, policy, request.version.tag().text()));
  return make_gate({std::move(expected), all_checks(), policy.checks(), std::move(terms)});
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
