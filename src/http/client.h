#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
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

struct Request {
  std::string method = "GET";
  std::string url;
  Headers headers;
  std::optional<Body> body;
  // Where the body of a 2xx answer goes; without it, into Response::body.
  Sink* into = nullptr;
  // Longest body kept in Response::body; more is `corrupt`.
  uint64_t answer_limit = 4 * 1024 * 1024;
  // 0: a redirect is an answer like any other.  Credentials never follow to another host.
  int redirects = 0;
  // For a token's scope and for messages: what this is for, `uploading a layer`.
  std::string purpose;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;
  // The address that answered, after redirects.
  std::string url;

  bool ok() const { return status >= 200 && status < 300; }
};

// Sends requests.  Safe from any thread.  A Client answers with a Response whatever its status; an Error means that
// no whole answer came: `unavailable` (connection refused, cut, stalled, name not found), `denied` (the
// certificate), `corrupt` (answer longer than allowed), `cancelled`, or what `into` or the body's source failed with.
class Client {
 public:
  virtual ~Client() = default;
  virtual Result<Response> send(const Request& request, std::stop_token stop) = 0;
};

}  // namespace eulerpublisher::http
