#include <nlohmann/json.hpp>

#include "base/size.h"
#include "cli/commands.h"
#include "cli/human.h"

namespace eulerpublisher::cli {

Result<ExitStatus> run_store_prune(Session& session) {
  uint64_t keep = TRY(parse_size(session.options.keep).within("--keep"));
  Store* store = TRY(session.parts.store());
  Store::Pruned pruned = TRY(store->prune(keep));
  if (session.options.json)
    print_document(nlohmann::ordered_json{{"store", store->folder().string()},
                                          {"bytes_before", pruned.bytes_before},
                                          {"bytes_after", pruned.bytes_after},
                                          {"files_removed", pruned.files}}
                       .dump(2) +
                   "\n");
  tell(session, fmt::format("{}: {} before, {} now, {} files removed\n", store->folder().string(),
                            human_size(pruned.bytes_before), human_size(pruned.bytes_after), pruned.files));
  return ExitStatus::done;
}

}  // namespace eulerpublisher::cli
