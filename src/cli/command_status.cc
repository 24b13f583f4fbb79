#include "cli/applications.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "release/status.h"
#include "store/new_file.h"
#include "sync/against_source.h"
#include "sync/status_page.h"

namespace eulerpublisher::cli {

Result<ExitStatus> run_status(Session& session) {
  if (!session.options.meta.empty()) return show_applications(session);
  Journal* journal = TRY(session.parts.journal());
  auto destinations = TRY(session.parts.destinations());
  Status status = TRY(read_status(session.policy, destinations, *journal, session.stop));
  bool looked_everywhere = true;
  if (session.options.newest) {
    sync::Round newest = TRY(look_at_newest(session));
    sync::hold_against_source(status, newest);
    looked_everywhere = newest.problems.empty();
  }
  if (session.options.json) print_document(to_json(status));
  tell(session, describe(status));
  if (!session.options.html.empty())
    TRY(replace_file(session.options.html, sync::status_page(status, system_clock().now())).within("--html"));
  return status.seen_all() && looked_everywhere ? ExitStatus::done : ExitStatus::failed;
}

}  // namespace eulerpublisher::cli
