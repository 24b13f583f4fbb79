#include "cli/commands.h"
#include "cli/print.h"
#include "release/status.h"

namespace eulerpublisher::cli {

Result<ExitStatus> run_status(Session& session) {
  Journal* journal = TRY(session.parts.journal());
  auto destinations = TRY(session.parts.destinations());
  Status status = TRY(read_status(session.policy, destinations, *journal, session.stop));
  if (session.options.json) print_document(to_json(status));
  tell(session, describe(status));
  return status.seen_all() ? ExitStatus::done : ExitStatus::failed;
}

}  // namespace eulerpublisher::cli
