#pragma once

#include "base/log.h"

namespace eulerpublisher::cli {

// From here on the log is JSON lines on standard error, for journals that read them:
// `{"time":"2024-06-01T10:00:00Z","level":"warning","message":"…"}`.
void log_as_json(LogLevel least);

}  // namespace eulerpublisher::cli
