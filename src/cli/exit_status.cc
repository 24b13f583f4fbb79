#include "cli/exit_status.h"

namespace eulerpublisher::cli {

ExitStatus exit_status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return ExitStatus::wrong_input;
    case ErrorKind::corrupt:
      return ExitStatus::untrusted;
    case ErrorKind::not_found:
    case ErrorKind::denied:
    case ErrorKind::conflict:
    case ErrorKind::unavailable:
    case ErrorKind::unsupported:
    case ErrorKind::cancelled:
      return ExitStatus::failed;
  }
  return ExitStatus::failed;
}

}  // namespace eulerpublisher::cli
