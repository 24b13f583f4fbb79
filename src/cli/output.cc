#include <cstdio>

#include "cli/commands.h"

namespace eulerpublisher::cli {

void tell(const Session& session, const std::string& text) {
  if (!session.options.quiet) standard_error().write(text);
}

void print_document(const std::string& json) {
  std::fwrite(json.data(), 1, json.size(), stdout);
  if (!json.ends_with('\n')) std::fputc('\n', stdout);
  std::fflush(stdout);
}

}  // namespace eulerpublisher::cli
