#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "stream/stream.h"

namespace eulerpublisher::http {

// Header names compare without case; a header may stand several times.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> list) : list_(list) {}
  void add(std::string name, std::string value) { list_.emplace_back(std::move(name), std::move(value)); }
  // Replaces all of that name.
  void set(const std::string& name, std::string value);
  void remove(std::string_view name);
  // The first of that name.
  std::optional<std::string> get(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& list() const { return list_; }

 private:
  std::vector<std::pair<std::string, std::string>> list_;
};

// Part of a blob as a request's body.  It can be opened again for a repetition: that is the retry contract.
struct Body {
  const Blob* blob = nullptr;
  uint64_t offset = 0;
  // Absent: until the blob's end, sent in chunks when that is not known yet.
  std::optional<uint64_t> length;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;
  // The address that answered, after redirects.
  std::string url;
  // Whether it came from a public address.  What a public server names must not lead us into a private
  // network: hand this on as Request::public_only when asking an address found in this answer.
  bool from_public = false;

  bool ok() const { return status >= 200 && status < 300; }
};

struct Request {
  std::string method = "GET";
  std::string url;
  Headers headers;
  std::optional<Body> body;
  // Where the body of a 2xx answer goes; without it, into Response::body.  The client writes and never
  // finishes: whoever asked knows whether these bytes are the end.  After an error it may hold a part.
  Sink* into = nullptr;
  // Called once with the head of the answer (status, headers, address) before any byte of its body is passed
  // on; an error ends the request with that error.  It may be called again when the request is repeated.
  std::function<Done(const Response& head)> on_head;
  // Longest body kept in Response::body; more in a 2xx answer is `corrupt`, all others are cut there.
  uint64_t answer_limit = 4 * 1024 * 1024;
  // How many redirects to follow.  0: a redirect is an answer like any other.  Credentials never follow to
  // another host, and a public server's redirect to a private address is `denied`.
  int redirects = 0;
  // For messages: what this is for, `uploading a layer`.
  std::string purpose;
  // What a token must allow: `repository:openeuler/openeuler:pull,push`, one string for each resource.
  std::vector<std::string> scopes;
  // Never carries credentials, whatever host it is for: an address that a server named on another host.
  bool anonymous = false;
  // Whether sending it twice does no harm.  False for pieces of an upload session.
  bool repeatable = true;
  // Refuses to connect to private, link-local and loopback addresses (`denied`): see Response::from_public.
  bool public_only = false;
  // How long not a byte may move before the request is given up; absent: what the client was made with.
  std::optional<std::chrono::milliseconds> patience;
};

// Sends requests.  Safe from any thread.  A Client answers with a Response whatever its status; an Error
// means that no whole answer came: `unavailable` (connection refused, cut, stalled, name not found), `denied`
// (the certificate, an address that must not be asked), `corrupt` (answer longer than allowed), `invalid`
// (not an http address), `cancelled`, or what `into`, `on_head` or the body's source failed with.
class Client {
 public:
  virtual ~Client() = default;
  virtual Result<Response> send(const Request& request, std::stop_token stop) = 0;
};

}  // namespace eulerpublisher::http
