#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace eulerpublisher {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return "invalid";
    case ErrorKind::not_found:
      return "not found";
    case ErrorKind::denied:
      return "denied";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::corrupt:
      return "corrupt";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::unsupported:
      return "unsupported";
    case ErrorKind::cancelled:
      return "cancelled";
  }
  return "unknown";
}

std::string Error::text() const {
  std::string all;
  for (auto context = context_.rbegin(); context != context_.rend(); ++context) all += *context + ": ";
  return all + text_;
}

Error system_error(int code, std::string_view doing) {
  ErrorKind kind = ErrorKind::unavailable;
  if (code == ENOENT || code == ENOTDIR) kind = ErrorKind::not_found;
  if (code == EACCES || code == EPERM || code == EROFS) kind = ErrorKind::denied;
  std::string reason = std::generic_category().message(code);
  if (!reason.empty() && reason[0] >= 'A' && reason[0] <= 'Z') reason[0] = static_cast<char>(reason[0] + 32);
  return {kind, fmt::format("{}: {}", doing, reason)};
}

}  // namespace eulerpublisher
