#pragma once

#include "base/error.h"

namespace eulerpublisher::cli {

// How the program ends (spec: cli.md, the table of exit statuses).
enum class ExitStatus {
  done = 0,  // or there was nothing to do
  failed = 1,
  wrong_input = 2,    // the command line or a configuration file
  some_behind = 3,    // done for some registries
  check_refused = 4,  // no tag was moved
  untrusted = 5,      // the input is not what it claims to be; nothing was sent
};

// The status for a run that an error ended.
ExitStatus exit_status_of(ErrorKind kind);

}  // namespace eulerpublisher::cli
