#include "http/transfer.h"

#include <algorithm>
#include <cctype>
#include <cstring>

namespace eulerpublisher::http {
namespace {

constexpr size_t longest_head = 256 * 1024;
constexpr uint64_t small_body = 64 * 1024;

std::string lower_first(std::string text) {
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])))
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

std::string seconds(std::chrono::milliseconds time) { return fmt::format("{:g} s", time.count() / 1000.0); }

std::string_view trimmed(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

}  // namespace

Transfer::Transfer(CurlLine& line, const Step& step, Patience patience, std::stop_token stop)
    : line_(line),
      step_(step),
      request_(step.request),
      patience_(patience),
      stop_(std::move(stop)),
      easy_(line.easy()) {}

Transfer::~Transfer() { curl_slist_free_all(header_list_); }

std::string Transfer::about() const { return request_.method + " " + step_.url.shown(); }

Result<Response> Transfer::run() {
  auto outcome = [&]() -> Result<Response> {
    if (step_.public_only && step_.url.is_private())
      return denied("a public server led here, and this is an address of a private network; it is not asked");
    TRY(set_options());
    TRY(set_headers());
    TRY(set_body());
    CURLcode code = TRY(drive());
    return answer(code);
  }();
  feed_.reset();
  if (!outcome.has_value()) {
    outcome.error().wrap(about());
    if (!request_.purpose.empty()) outcome.error().wrap(request_.purpose);
  }
  return outcome;
}

Done Transfer::set_options() {
  curl_easy_setopt(easy_, CURLOPT_URL, step_.url.text().c_str());
  curl_easy_setopt(easy_, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  if (step_.url.is_loopback()) curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(patience_.connect.count()));
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, message_);
  curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, request_.into ? 256L * 1024 : 16L * 1024);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Transfer::on_write);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
  curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
  return {};
}

Done Transfer::set_headers() {
  auto append = [this](const std::string& line) {
    header_list_ = curl_slist_append(header_list_, line.c_str());
  };
  for (const auto& [name, value] : step_.headers.list()) {
    if (!is_token(name) || !is_field_value(value))
      return invalid("the header '{}' cannot be sent as it is", name);
    append(value.empty() ? name + ";" : name + ": " + value);
  }
  append("Expect:");  // Servers that never answer 100 would cost us a second for every body.
  bool chunked = request_.body && !length_of(*request_.body);
  if (chunked) append("Transfer-Encoding: chunked");
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, header_list_);
  return {};
}

Done Transfer::set_body() {
  const std::string& method = request_.method;
  if (!is_token(method)) return invalid("'{}' is not a method", method);
  bool empty_body = !request_.body && (method == "POST" || method == "PUT" || method == "PATCH");
  if (!request_.body && !empty_body) {
    if (method == "HEAD")
      curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    else
      curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
    return {};
  }
  std::optional<uint64_t> length = empty_body ? 0 : length_of(*request_.body);
  curl_easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(easy_, CURLOPT_INFILESIZE_LARGE,
                   length ? static_cast<curl_off_t>(*length) : curl_off_t{-1});
  bool large = length.value_or(small_body + 1) > small_body;
  if (large) curl_easy_setopt(easy_, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
  curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &Transfer::on_read);
  curl_easy_setopt(easy_, CURLOPT_READDATA, this);
  curl_easy_setopt(easy_, CURLOPT_SEEKFUNCTION, &Transfer::on_seek);
  curl_easy_setopt(easy_, CURLOPT_SEEKDATA, this);
  if (request_.body) feed_ = TRY(BodyFeed::open(*request_.body, stop_, [this] { line_.wake(); }));
  return {};
}

size_t Transfer::on_read(char* room, size_t size, size_t count, void* self) {
  return static_cast<Transfer*>(self)->read(std::as_writable_bytes(std::span(room, size * count)));
}

size_t Transfer::read(std::span<std::byte> room) {
  if (!feed_) return 0;
  // An answer in mid-upload usually means that nobody wants the rest, and that the connection is about to
  // close: let curl read it before it sends more, or the answer may be lost with the connection.
  if (!has_looked_ && line_.answer_waits()) {
    has_looked_ = paused_to_look_ = true;
    return CURL_READFUNC_PAUSE;
  }
  has_looked_ = false;
  size_t filled = 0;
  auto state = feed_->read(room, filled);
  if (!state.has_value()) {
    own_error_ = state.error();
    return CURL_READFUNC_ABORT;
  }
  if (*state == BodyFeed::State::waiting) {
    waiting_for_source_ = true;
    return CURL_READFUNC_PAUSE;
  }
  fed_ += filled;
  return filled;
}

// curl begins a body anew when a connection it had kept turns out to be dead.
int Transfer::on_seek(void* self, curl_off_t offset, int origin) {
  auto* transfer = static_cast<Transfer*>(self);
  if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  if (!transfer->feed_ || transfer->fed_ == 0) return CURL_SEEKFUNC_OK;
  if (!transfer->request_.repeatable) return CURL_SEEKFUNC_FAIL;
  auto* line = &transfer->line_;
  auto again = BodyFeed::open(*transfer->request_.body, transfer->stop_, [line] { line->wake(); });
  if (!again.has_value()) {
    transfer->own_error_ = again.error();
    return CURL_SEEKFUNC_FAIL;
  }
  transfer->feed_ = std::move(*again);
  transfer->fed_ = 0;
  return CURL_SEEKFUNC_OK;
}

size_t Transfer::on_header(char* bytes, size_t size, size_t count, void* self) {
  return static_cast<Transfer*>(self)->header({bytes, size * count}) ? size * count : 0;
}

bool Transfer::header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > longest_head) {
    own_error_ = corrupt("the head of the answer is longer than {} KiB", longest_head / 1024);
    return false;
  }
  if (head_done_ && response_.status >= 200) return true;  // trailers
  if (line.starts_with("HTTP/")) {
    response_.headers = {};
    head_done_ = false;
    return true;
  }
  std::string_view text = trimmed(line);
  if (text.empty()) return head_complete();
  size_t colon = text.find(':');
  if (colon != text.npos)
    response_.headers.add(std::string(trimmed(text.substr(0, colon))),
                          std::string(trimmed(text.substr(colon + 1))));
  return true;
}

bool Transfer::head_complete() {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  if (status < 200) return true;  // 100 and its kin come before the answer
  head_done_ = true;
  response_.url = step_.url.text();
  signpost_ = step_.is_signpost && step_.is_signpost(response_);
  if (signpost_ || !request_.on_head) return true;
  if (Done done = request_.on_head(response_); !done.has_value()) {
    own_error_ = done.error();
    return false;
  }
  return true;
}

size_t Transfer::on_write(char* bytes, size_t size, size_t count, void* self) {
  return static_cast<Transfer*>(self)->write(std::as_bytes(std::span(bytes, size * count))) ? size * count
                                                                                            : 0;
}

bool Transfer::write(Bytes bytes) {
  if (request_.into && response_.ok()) {
    Done done = request_.into->write(bytes);
    if (!done.has_value()) own_error_ = done.error();
    return done.has_value();
  }
  uint64_t room = request_.answer_limit - std::min<uint64_t>(request_.answer_limit, response_.body.size());
  if (bytes.size() <= room) {
    response_.body += as_text(bytes);
    return true;
  }
  if (response_.ok()) {
    own_error_ = corrupt("the answer is longer than {} bytes", request_.answer_limit);
    return false;
  }
  response_.body += as_text(bytes.first(room));
  cut_short_ = true;
  return false;
}

int Transfer::on_connected(void* self, char* ip, char*, int, int) {
  return static_cast<Transfer*>(self)->connected(ip ? ip : "") ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

// Before anything is sent.  Behind a proxy the name is all there is to judge by.
bool Transfer::connected(std::string_view ip) {
  connected_ = true;
  last_moved_ = Steady::now();
  bool through_proxy = line_.peer_port() != step_.url.port();
  bool is_private = step_.url.is_private() || (!through_proxy && is_private_address(ip));
  response_.from_public = !is_private;
  if (!step_.public_only || !is_private) return true;
  own_error_ = denied("a public server led here, and {} is an address of a private network; it is not asked",
                      step_.url.host());
  return false;
}

Result<CURLcode> Transfer::drive() {
  last_moved_ = Steady::now();
  struct Added {
    CURLM* multi;
    CURL* easy;
    ~Added() { curl_multi_remove_handle(multi, easy); }
  } added{line_.multi(), easy_};
  curl_multi_add_handle(added.multi, added.easy);
  std::stop_callback wake(stop_, [this] { line_.wake(); });
  while (true) {
    if (stop_.stop_requested()) return cancelled("stopped");
    int running = 0;
    curl_multi_perform(added.multi, &running);
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(added.multi, &left))
      if (message->msg == CURLMSG_DONE) {
        CURLcode code = message->data.result;
        // What libcurl knows about the transfer is asked before the handle leaves.
        return own_error_ ? Result<CURLcode>(*own_error_) : Result<CURLcode>(code);
      }
    if (stalled()) return unavailable("no byte moved for {}", seconds(patience_.stall));
    // After a refusal nothing more is sent, and libcurl 7.88 forgets to take back the pause then.
    bool refused = head_done_ && response_.status >= 300;
    if (paused_to_look_ || (waiting_for_source_ && (feed_->ready() || refused))) {
      paused_to_look_ = waiting_for_source_ = false;
      curl_easy_pause(easy_, CURLPAUSE_CONT);
      continue;
    }
    auto wait = std::clamp(until_stalled(), std::chrono::milliseconds(1), std::chrono::milliseconds(1000));
    curl_multi_poll(added.multi, nullptr, 0, static_cast<int>(wait.count()), nullptr);
  }
}

bool Transfer::stalled() {
  curl_off_t up = 0, down = 0;
  curl_easy_getinfo(easy_, CURLINFO_SIZE_UPLOAD_T, &up);
  curl_easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &down);
  uint64_t moved = static_cast<uint64_t>(up) + static_cast<uint64_t>(down) + header_bytes_;
  // Until it is connected, the connect patience counts.
  if (moved != moved_ || waiting_for_source_ || !connected_) last_moved_ = Steady::now();
  moved_ = moved;
  return Steady::now() - last_moved_ >= patience_.stall;
}

std::chrono::milliseconds Transfer::until_stalled() const {
  return std::chrono::ceil<std::chrono::milliseconds>(last_moved_ + patience_.stall - Steady::now());
}

Result<Response> Transfer::answer(CURLcode code) {
  if (code == CURLE_OK && head_done_) return std::move(response_);
  // The status of a refusal says all, even when the rest of it was cut or not wanted.
  bool cut = code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
             code == CURLE_GOT_NOTHING || (code == CURLE_WRITE_ERROR && cut_short_);
  if (head_done_ && cut && (response_.status >= 300 || signpost_)) return std::move(response_);
  return failure(code);
}

Error Transfer::failure(CURLcode code) {
  std::string told = redact(lower_first(message_[0] ? message_ : curl_easy_strerror(code)));
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return unavailable("the name {} was not found", step_.url.host());
    case CURLE_COULDNT_RESOLVE_PROXY:
      return unavailable("the name of the proxy was not found: {}", told);
    case CURLE_COULDNT_CONNECT: {
      long number = 0;
      curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &number);
      if (number == 0) return unavailable("{}", told);
      return unavailable("{}", lower_first(std::strerror(static_cast<int>(number))));
    }
    case CURLE_OPERATION_TIMEDOUT:
      return unavailable("no connection within {}", seconds(patience_.connect));
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return denied(
          "the certificate of {} is not trusted ({}); name its authority's certificate with --ca FILE",
          step_.url.host(), told);
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return denied("a certificate file cannot be used: {}", told);
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_GOT_NOTHING:
      return cut(code);
    default:
      return unavailable("{}", told);
  }
}

Error Transfer::cut(CURLcode code) {
  curl_off_t up = 0, down = 0, length = -1;
  curl_easy_getinfo(easy_, CURLINFO_SIZE_UPLOAD_T, &up);
  curl_easy_getinfo(easy_, CURLINFO_SIZE_DOWNLOAD_T, &down);
  curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  if (head_done_ && length >= 0) return unavailable("cut after {} of {} bytes", down, length);
  if (head_done_) return unavailable("cut after {} bytes", down);
  if (!connected_)
    return unavailable("{}", redact(lower_first(message_[0] ? message_ : curl_easy_strerror(code))));
  std::optional<uint64_t> whole = request_.body ? length_of(*request_.body) : std::nullopt;
  if (feed_ && whole && static_cast<uint64_t>(up) < *whole)
    return unavailable("cut after {} of {} bytes were sent", up, *whole);
  if (feed_ && !whole) return unavailable("cut after {} bytes were sent", up);
  return unavailable("closed without an answer");
}

}  // namespace eulerpublisher::http
