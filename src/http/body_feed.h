#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

#include "http/client.h"

namespace eulerpublisher::http {

// A request's body, handed out without ever waiting: a blob that is still growing is read by a thread of its
// own, so that an answer that comes meanwhile is seen.  Used by one thread.
class BodyFeed {
 public:
  enum class State { bytes, end, waiting };

  // Opens the body at its beginning.  `wake` is called, from another thread, whenever a feed that was
  // `waiting` has something new.
  static Result<std::unique_ptr<BodyFeed>> open(const Body& body, std::stop_token stop,
                                                std::function<void()> wake);
  virtual ~BodyFeed() = default;

  // Fills `room`, as far as bytes are at hand; `filled` tells how many.
  virtual Result<State> read(std::span<std::byte> room, size_t& filled) = 0;
  // Whether read() would now tell something other than `waiting`.
  virtual bool ready() = 0;
};

// How many bytes a body has; nothing while nobody knows.
std::optional<uint64_t> length_of(const Body& body);

}  // namespace eulerpublisher::http
