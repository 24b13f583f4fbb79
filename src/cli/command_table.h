#pragma once

#include <vector>

#include "base/result.h"
#include "cli/exit_status.h"
#include "cli/option_groups.h"

namespace eulerpublisher::cli {

struct Session;

// What a command does.  An Error means that it could not do its work; a status, how the work ended.
using Run = Result<ExitStatus> (*)(Session&);

// A command: what it is called, what `--help` says of it, and what it takes beside the general options.
struct CommandEntry {
  Run run;
  const char* name;
  const char* alias;  // or null
  const char* says;
  const char* example;
  std::vector<OptionGroup> takes;  // in the order in which help shows them
  bool general = true;             // takes the general options too
};

// `eulerpublisher container …`
const std::vector<CommandEntry>& container_commands();
// `eulerpublisher …` itself: what tells shells and readers about the command line
const std::vector<CommandEntry>& program_commands();
// `eulerpublisher container readme …`
const std::vector<CommandEntry>& readme_commands();
// `eulerpublisher store …`
const std::vector<CommandEntry>& store_commands();

}  // namespace eulerpublisher::cli
