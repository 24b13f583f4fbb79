#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "base/error.h"

namespace eulerpublisher {

// A value or the Error that stands in its place.  Ignoring one is a compiler warning.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}

  // Adds context to the error, if there is one: TRY(find(tag).within("looking up {}", tag.text())).
  template <class... A>
  Result within(fmt::format_string<A...> context, A&&... arguments) && {
    if (!this->has_value()) this->error().wrap(fmt::format(context, std::forward<A>(arguments)...));
    return std::move(*this);
  }
};

// A Result of nothing: that it worked, or why not.
using Done = Result<void>;

// Yields the value or returns the error from the function around it.  Begins its own statement, so that nothing
// half-built is left behind when it returns.
#define TRY(expression)                                            \
  __extension__({                                                  \
    auto try_result = (expression);                                \
    if (!try_result.has_value()) return std::move(try_result).error(); \
    ::eulerpublisher::detail::value_of(std::move(try_result));                       \
  })

namespace detail {
template <class T>
T value_of(Result<T>&& result) {
  return std::move(*result);
}
inline void value_of(Result<void>&&) {}
}  // namespace detail

}  // namespace eulerpublisher
