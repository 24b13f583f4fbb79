#pragma once

#include <map>
#include <string>

#include "base/guarded.h"
#include "http/client.h"

namespace eulerpublisher::http {

// An answer that was kept, and what the server called it.
struct Kept {
  std::string etag;
  std::string last_modified;
  std::string body;
  std::string url;  // that answered, after redirects

  bool operator==(const Kept&) const = default;
};

// Asks for small documents again by condition (RFC 9110, section 13): where the server says that what we have
// is still the truth (304), that is the answer.  Keeps answers to GET of at most 1 MiB that carry an ETag or
// a Last-Modified, but none that had changed within the two seconds before it was sent: what changes again in
// that second would look the same (RFC 9110, 8.8.2.2).  Everything else passes through.  As safe from threads
// as the client behind it.
class Revalidating : public Client {
 public:
  explicit Revalidating(Client& next) : next_(next) {}
  Result<Response> send(const Request& request, std::stop_token stop) override;

  // What is kept now, by address; for whoever wants to know it again after a restart.
  std::map<std::string, Kept> kept();
  void keep(std::map<std::string, Kept> kept);
  // Drops what nobody has asked for since the last call.
  void forget_unused();
  // How many answers were 304.
  uint64_t unchanged();

 private:
  struct State {
    std::map<std::string, Kept> kept;
    std::map<std::string, bool> asked;
    uint64_t unchanged = 0;
  };

  Client& next_;
  Guarded<State> state_;
};

}  // namespace eulerpublisher::http
