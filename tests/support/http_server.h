#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "http/client.h"

namespace eulerpublisher::test {

class ServerConnection;

// A request as it reaches a handler.  The body is still on its way: the handler reads it, whole or piece by
// piece.
class ServerRequest {
 public:
  std::string method;
  std::string target;  // as it was asked, `/v2/?n=1`
  std::string path;    // without the query, not decoded
  std::string query;   // without `?`, not decoded
  http::Headers headers;
  size_t number = 0;      // from 1, in the order the server saw them
  size_t connection = 0;  // from 1: which connection it came on

  // A parameter of the query, percent-decoded.
  std::optional<std::string> parameter(const std::string& name) const;
  // The next bytes of the body; 0 at its end, also when the connection was cut: see cut().
  size_t read(std::span<std::byte> room);
  // All that is left of the body.
  std::string read_body();
  // Whether the connection broke before the body's end.
  bool cut() const;
  // Bytes of the body read so far.
  uint64_t body_bytes() const;

 private:
  friend class ServerConnection;
  ServerConnection* from_ = nullptr;
};

struct ServerAnswer {
  int status = 200;
  http::Headers headers = {};  // Content-Length is added unless it is here
  std::string body = {};       // not sent in answer to HEAD
  // Sent in chunks instead of with a length.
  bool chunked = false;
  // What becomes of a body that the handler did not read: read and dropped, or the connection is closed while
  // the client is still sending, in good manners (half-closed, drained for a moment) or at once (a reset).
  enum class Unread { drain, close, reset } unread = Unread::drain;
};

// What goes wrong with a request, once it is the one.  Several wrongs may come together.
struct Fault {
  // Which requests; absent: all.  See on() and nth().
  std::function<bool(const ServerRequest&)> when = {};
  // How many of them, and how many of them are spared first.
  size_t times = 1;
  size_t spare = 0;

  // In place of the handler's answer; the handler is not called and the body not read before it is sent.
  std::optional<ServerAnswer> instead = {};
  // After so many bytes of the request's body.  The handler sees a body that ends (cut()).
  std::optional<uint64_t> cut_request_after = {}, stall_request_after = {};
  // After so many bytes of the answer's body.
  std::optional<uint64_t> cut_answer_after = {}, stall_answer_after = {};
  // The handler does its work, and nobody hears of it.
  bool lose_answer = false;
  // The Content-Length that is told differs from the truth by this.
  int64_t length_off_by = 0;
  // Both ways.
  std::optional<uint64_t> bytes_per_second = {};
  // Before the handler is called.
  std::chrono::milliseconds late{0};
  // The listener closes, and so does this connection: from here on `connection refused`, until open_door().
  bool shut_door = false;
  // Changes the handler's answer before it is sent: a wrong digest, a wrong Range.
  std::function<void(const ServerRequest&, ServerAnswer&)> distort = {};
};

// Requests of this method whose target contains `part`; an empty method or part fits all.
std::function<bool(const ServerRequest&)> on(std::string method, std::string part = "");
// The request with this number.
std::function<bool(const ServerRequest&)> nth(size_t number);

// A small HTTP/1.1 server on a free port of 127.0.0.1, one thread a connection, that does what its handler
// says and goes wrong where it is told to.  Ends its threads when it goes.
class HttpServer {
 public:
  // Called on the connection's thread; several at once when there are several connections.
  using Handler = std::function<ServerAnswer(ServerRequest&)>;

  // What was asked and answered.  Status 0: not answered.
  struct Seen {
    std::string method, target;
    http::Headers headers;
    uint64_t body_bytes = 0;
    int status = 0;
    size_t connection = 0;
  };

  explicit HttpServer(Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;
  std::string host() const;  // `127.0.0.1:PORT`
  std::string url(const std::string& target = "/") const;

  void add_fault(Fault fault);
  void clear_faults();
  // How often faults have struck.
  size_t faults_struck() const;

  // In the order they came.  A request is listed once its head has been read, and completed when it is
  // answered.
  std::vector<Seen> seen() const;
  size_t count(const std::string& method, const std::string& part = "") const;
  size_t connections() const;

  // Connections are refused until open_door(); those that are open go on, unless `and_hang_up`.
  void shut_door(bool and_hang_up = true);
  void open_door();

 private:
  friend class ServerConnection;
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace eulerpublisher::test
