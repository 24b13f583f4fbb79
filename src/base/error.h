#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace eulerpublisher {

// What went wrong, sorted by what the caller should do next.
enum class ErrorKind {
  invalid,      // what a person wrote is wrong: fix the input
  not_found,    // it is not there
  denied,       // fix the login
  conflict,     // somebody else was there: look again and plan anew
  corrupt,      // do not trust these bytes
  unavailable,  // try later
  unsupported,  // take the slower way
  cancelled,    // somebody asked us to stop
};

std::string_view name_of(ErrorKind kind);

// An error is a value: a kind, one clear sentence, and the context it passed through on its way up.
class [[nodiscard]] Error {
 public:
  Error(ErrorKind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

  ErrorKind kind() const { return kind_; }

  // The innermost text, without context.
  const std::string& cause() const { return text_; }

  // From the outside in: `publishing 24.03: reading latest: 503 after 5 tries`.
  std::string text() const;

  // Adds context around what is already there.
  void wrap(std::string context) { context_.push_back(std::move(context)); }

 private:
  ErrorKind kind_;
  std::string text_;
  std::vector<std::string> context_;  // innermost first
};

template <class... A>
Error invalid(fmt::format_string<A...> text, A&&... arguments) {
  return {ErrorKind::invalid, fmt::format(text, std::forward<A>(arguments)...)};
}
template <class... A>
Error not_found(fmt::format_string<A...> text, A&&... arguments) {
  return {ErrorKind::not_found, fmt::format(text, std::forward<A>(arguments)...)};
}
template <class... A>
Error denied(fmt::format_string<A...> text, A&&... arguments) {
  return {ErrorKind::denied, fmt::format(text, std::forward<A>(arguments)...)};
}
template <class... A>
Error conflict(fmt::format_string<A...> text, A&&... arguments) {
  return {ErrorKind::conflict, fmt::format(text, std::forward<A>(arguments)...)};
}
template <class... A>
Error corrupt(fmt::format_string<A...> text, A&&... arguments) {
  return {ErrorKind::corrupt, fmt::format(text, std::forward<A>(arguments)...)};
}
template <class... A>
Error unavailable(fmt::format_string<A...> text, A&&... arguments) {
  return {ErrorKind::unavailable, fmt::format(text, std::forward<A>(arguments)...)};
}
template <class... A>
Error unsupported(fmt::format_string<A...> text, A&&... arguments) {
  return {ErrorKind::unsupported, fmt::format(text, std::forward<A>(arguments)...)};
}
template <class... A>
Error cancelled(fmt::format_string<A...> text, A&&... arguments) {
  return {ErrorKind::cancelled, fmt::format(text, std::forward<A>(arguments)...)};
}

// An error of the operating system (errno), told with what was being done: `writing FILE: no space left on
// device`.  ENOENT is not_found, EACCES and EPERM denied, all others unavailable.
Error system_error(int code, std::string_view doing);

}  // namespace eulerpublisher
