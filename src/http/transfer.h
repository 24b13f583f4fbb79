#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "http/body_feed.h"
#include "http/client.h"
#include "http/curl_line.h"
#include "http/url.h"

namespace eulerpublisher::http {

// One request sent to one address and its answer: one step of a chain of redirects.
struct Step {
  const Request& request;
  Url url;
  Headers headers;
  // No private address may be asked.
  bool public_only = false;
  // Whether an answer with this head is only a signpost, whose body nobody wants.
  std::function<bool(const Response&)> is_signpost;
};

struct Patience {
  std::chrono::milliseconds connect;
  std::chrono::milliseconds stall;
};

// Runs one step on a line.  The line's options that hold for all requests (certificates, user agent) are set
// by the caller, after CurlLine::prepare().
class Transfer {
 public:
  Transfer(CurlLine& line, const Step& step, Patience patience, std::stop_token stop);
  ~Transfer();
  Result<Response> run();

 private:
  using Steady = std::chrono::steady_clock;

  static size_t on_read(char* room, size_t size, size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static size_t on_header(char* bytes, size_t size, size_t count, void* self);
  static size_t on_write(char* bytes, size_t size, size_t count, void* self);
  static int on_connected(void* self, char* ip, char* own_ip, int port, int own_port);

  Done set_options();
  Done set_headers();
  Done set_body();
  size_t read(std::span<std::byte> room);
  bool header(std::string_view line);
  bool head_complete();
  bool write(Bytes bytes);
  bool connected(std::string_view ip);
  Result<CURLcode> drive();
  bool stalled();
  std::chrono::milliseconds until_stalled() const;
  Result<Response> answer(CURLcode code);
  Error failure(CURLcode code);
  Error cut(CURLcode code);
  std::string about() const;

  CurlLine& line_;
  const Step& step_;
  const Request& request_;
  Patience patience_;
  std::stop_token stop_;
  CURL* easy_;
  char message_[CURL_ERROR_SIZE] = {};
  curl_slist* header_list_ = nullptr;

  std::unique_ptr<BodyFeed> feed_;
  uint64_t fed_ = 0;
  bool waiting_for_source_ = false;
  bool has_looked_ = false;  // for an answer, before the next bytes are sent
  bool paused_to_look_ = false;

  Response response_;
  size_t header_bytes_ = 0;
  bool head_done_ = false;
  bool signpost_ = false;
  bool cut_short_ = false;  // an answer that we have seen enough of
  std::optional<Error> own_error_;

  bool connected_ = false;
  uint64_t moved_ = 0;
  Steady::time_point last_moved_;
};

}  // namespace eulerpublisher::http
