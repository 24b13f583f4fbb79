#include "cli/commands.h"
#include "cli/print.h"

namespace eulerpublisher::cli {

Result<ExitStatus> run_tags(Session& session) {
  Version version = TRY(version_of(session.options));
  std::vector<EarnedTag> tags = TRY(session.policy.tags_of(version));
  if (session.options.json) print_document(tags_to_json(version, tags));
  tell(session, describe_tags(version, tags));
  return ExitStatus::done;
}

}  // namespace eulerpublisher::cli
