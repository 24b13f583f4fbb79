#include "support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <list>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/file_handle.h"
#include "base/guarded.h"
#include "support/process.h"

namespace eulerpublisher::test {

using std::chrono::milliseconds;

struct HttpServer::Inside {
  struct Doors {
    int listener = -1;
    std::set<int> open;  // sockets of connections
    std::list<std::jthread> threads;
  };
  struct Armed {
    Fault fault;
    size_t spared = 0;
    size_t struck = 0;
  };

  Handler handler;
  uint16_t port = 0;
  std::stop_source stop;
  Guarded<Doors> doors;
  Guarded<std::vector<Armed>> faults;
  Guarded<std::vector<Seen>> seen;
  std::atomic<size_t> connections = 0, struck = 0;

  // Whether the port was free.
  bool listen_on(uint16_t wanted);
  void accept_all(int listener);
  std::optional<Fault> fault_for(const ServerRequest& request);
  // Nothing happens until the server ends or the client hangs up.
  void stall(int socket);
};

// One connection and the requests on it.
class ServerConnection {
 public:
  ServerConnection(HttpServer::Inside& server, int socket, size_t number)
      : server_(server), socket_(socket), number_(number) {}

  void serve() {
    while (!server_.stop.stop_requested() && serve_one()) {
    }
  }

  size_t read_body(std::span<std::byte> room);
  bool cut() const { return cut_; }
  uint64_t body_bytes() const { return body_read_; }

 private:
  bool serve_one();
  bool read_head(ServerRequest& request);
  void begin_body(const ServerRequest& request);
  bool next_chunk();
  ServerAnswer produce(ServerRequest& request);
  bool send_answer(const ServerRequest& request, const ServerAnswer& answer);
  bool leave_body(ServerAnswer::Unread unread);
  // One line without its end; nothing when the connection ended.
  std::optional<std::string> read_line();
  // From the buffer or the socket; 0 at the end.
  size_t receive(std::span<std::byte> room);
  bool send_all(std::string_view bytes);
  void reset();
  void pace(size_t bytes);

  HttpServer::Inside& server_;
  int socket_;
  size_t number_;
  std::string buffer_;
  size_t used_ = 0;

  // The request at hand.
  std::optional<Fault> fault_;
  bool chunked_ = false;
  bool body_ended_ = true;
  uint64_t left_ = 0;  // of the body, or of its chunk
  uint64_t body_read_ = 0;
  bool cut_ = false;
};

namespace {

std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    int byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 404:
      return "Not Found";
    default:
      return "Status";
  }
}

}  // namespace

std::optional<std::string> ServerRequest::parameter(const std::string& name) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    size_t equals = std::min(one.find('='), one.size());
    if (percent_decode(one.substr(0, equals)) == name)
      return percent_decode(one.substr(std::min(one.size(), equals + 1)));
  }
  return std::nullopt;
}

size_t ServerRequest::read(std::span<std::byte> room) { return from_ ? from_->read_body(room) : 0; }

std::string ServerRequest::read_body() {
  std::string body;
  std::vector<std::byte> piece(64 * 1024);
  while (size_t count = read(piece)) body.append(reinterpret_cast<const char*>(piece.data()), count);
  return body;
}

bool ServerRequest::cut() const { return from_ && from_->cut(); }
uint64_t ServerRequest::body_bytes() const { return from_ ? from_->body_bytes() : 0; }

std::function<bool(const ServerRequest&)> on(std::string method, std::string part) {
  return [method = std::move(method), part = std::move(part)](const ServerRequest& request) {
    return (method.empty() || request.method == method) && request.target.find(part) != std::string::npos;
  };
}

std::function<bool(const ServerRequest&)> nth(size_t number) {
  return [number](const ServerRequest& request) { return request.number == number; };
}

// ---- a connection

bool ServerConnection::serve_one() {
  ServerRequest request;
  fault_.reset();
  if (!read_head(request)) return false;
  request.from_ = this;
  request.connection = number_;
  {
    auto seen = server_.seen.lock();
    request.number = seen->size() + 1;
    seen->push_back({request.method, request.target, request.headers, 0, 0, number_});
  }
  begin_body(request);
  fault_ = server_.fault_for(request);
  if (fault_ && fault_->shut_door) {
    auto doors = server_.doors.lock();
    if (doors->listener >= 0) shutdown(std::exchange(doors->listener, -1), SHUT_RDWR);
    return false;
  }
  if (auto expect = request.headers.get("Expect"); expect && !(fault_ && fault_->instead))
    if (!send_all("HTTP/1.1 100 Continue\r\n\r\n")) return false;
  ServerAnswer answer = produce(request);
  bool lost = cut_ || (fault_ && fault_->lose_answer);
  (*server_.seen.lock())[request.number - 1].body_bytes = body_read_;
  // Only now, so that whoever asks next sees what the handler made of the part that came.
  if (cut_ && fault_ && fault_->cut_request_after) reset();
  if (lost) return false;
  (*server_.seen.lock())[request.number - 1].status = answer.status;
  if (!send_answer(request, answer)) return false;
  if (request.headers.get("Connection") == "close") return false;
  return leave_body(answer.unread);
}

ServerAnswer ServerConnection::produce(ServerRequest& request) {
  if (!fault_) return server_.handler(request);
  if (fault_->late.count() > 0) {
    pollfd hang_up{socket_, POLLRDHUP, 0};
    poll(&hang_up, 1, static_cast<int>(fault_->late.count()));
  }
  ServerAnswer answer = fault_->instead ? *fault_->instead : server_.handler(request);
  if (fault_->cut_request_after || fault_->stall_request_after) request.read_body();
  if (fault_->distort) fault_->distort(request, answer);
  return answer;
}

bool ServerConnection::read_head(ServerRequest& request) {
  auto first = read_line();
  if (!first) return false;
  size_t space = first->find(' '), end = first->rfind(' ');
  if (space == first->npos || end <= space) return false;
  request.method = first->substr(0, space);
  request.target = first->substr(space + 1, end - space - 1);
  request.path = request.target.substr(0, request.target.find('?'));
  if (request.path.size() < request.target.size())
    request.query = request.target.substr(request.path.size() + 1);
  while (true) {
    auto line = read_line();
    if (!line) return false;
    if (line->empty()) return true;
    size_t colon = line->find(':');
    if (colon == line->npos) return false;
    size_t value = line->find_first_not_of(' ', colon + 1);
    request.headers.add(line->substr(0, colon), value == line->npos ? "" : line->substr(value));
  }
}

void ServerConnection::begin_body(const ServerRequest& request) {
  chunked_ = request.headers.get("Transfer-Encoding") == "chunked";
  left_ = chunked_ ? 0 : std::stoull(request.headers.get("Content-Length").value_or("0"));
  body_ended_ = !chunked_ && left_ == 0;
  body_read_ = 0;
  cut_ = false;
}

// Whether another chunk has begun.
bool ServerConnection::next_chunk() {
  auto size = read_line();
  if (!size) return cut_ = body_ended_ = true, false;
  left_ = std::stoull("0" + *size, nullptr, 16);
  if (left_ > 0) return true;
  while (true) {
    auto trailer = read_line();
    if (!trailer || trailer->empty()) break;
  }
  body_ended_ = true;
  return false;
}

size_t ServerConnection::read_body(std::span<std::byte> room) {
  if (body_ended_) return 0;
  if (chunked_ && left_ == 0 && !next_chunk()) return 0;
  uint64_t most = std::min<uint64_t>(room.size(), left_);
  if (fault_ && fault_->stall_request_after) {
    if (body_read_ >= *fault_->stall_request_after) server_.stall(socket_), cut_ = body_ended_ = true;
    if (cut_) return 0;
    most = std::min(most, *fault_->stall_request_after - body_read_);
  }
  if (fault_ && fault_->cut_request_after) {
    if (body_read_ >= *fault_->cut_request_after) cut_ = body_ended_ = true;
    if (cut_) return 0;
    most = std::min(most, *fault_->cut_request_after - body_read_);
  }
  size_t count = receive(room.first(static_cast<size_t>(most)));
  if (count == 0) return cut_ = body_ended_ = true, 0;
  pace(count);
  left_ -= count;
  body_read_ += count;
  if (chunked_ && left_ == 0) read_line();
  if (!chunked_ && left_ == 0) body_ended_ = true;
  return count;
}

bool ServerConnection::send_answer(const ServerRequest& request, const ServerAnswer& answer) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
  for (const auto& [name, value] : answer.headers.list()) head += name + ": " + value + "\r\n";
  bool bodyless = answer.status == 204 || answer.status == 304;
  if (answer.chunked)
    head += "Transfer-Encoding: chunked\r\n";
  else if (!bodyless && !answer.headers.get("Content-Length"))
    head += fmt::format("Content-Length: {}\r\n",
                        static_cast<int64_t>(answer.body.size()) + (fault_ ? fault_->length_off_by : 0));
  bool closes = !body_ended_ && answer.unread != ServerAnswer::Unread::drain;
  if (closes) head += "Connection: close\r\n";
  head += "\r\n";
  if (request.method == "HEAD" || bodyless) return send_all(head);

  uint64_t most = answer.body.size();
  if (fault_ && fault_->cut_answer_after) most = std::min(most, *fault_->cut_answer_after);
  if (fault_ && fault_->stall_answer_after) most = std::min(most, *fault_->stall_answer_after);
  if (!send_all(head)) return false;
  std::string_view body = std::string_view(answer.body).substr(0, most);
  while (!body.empty()) {
    size_t step =
        fault_ && fault_->bytes_per_second ? std::max<uint64_t>(1, *fault_->bytes_per_second / 50) : 65536;
    std::string_view piece = body.substr(0, step);
    body.remove_prefix(piece.size());
    bool sent =
        answer.chunked ? send_all(fmt::format("{:x}\r\n{}\r\n", piece.size(), piece)) : send_all(piece);
    if (!sent) return false;
    pace(piece.size());
  }
  if (fault_ && fault_->stall_answer_after) return server_.stall(socket_), false;
  if (fault_ && fault_->cut_answer_after) return false;
  if (fault_ && fault_->length_off_by != 0) return false;
  return !answer.chunked || send_all("0\r\n\r\n");
}

// Whether the connection can be used again.
bool ServerConnection::leave_body(ServerAnswer::Unread unread) {
  if (body_ended_) return true;
  std::vector<std::byte> dropped(64 * 1024);
  if (unread == ServerAnswer::Unread::drain) {
    while (read_body(dropped) > 0) {
    }
    return !cut_;
  }
  if (unread == ServerAnswer::Unread::reset) return false;
  shutdown(socket_, SHUT_WR);
  for (int rounds = 0; rounds < 200; ++rounds) {
    pollfd more{socket_, POLLIN, 0};
    if (poll(&more, 1, 5) > 0 && recv(socket_, dropped.data(), dropped.size(), 0) <= 0) break;
  }
  return false;
}

std::optional<std::string> ServerConnection::read_line() {
  std::string line;
  std::byte byte{};
  while (receive({&byte, 1}) == 1) {
    if (byte == std::byte{'\n'}) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      return line;
    }
    line += static_cast<char>(byte);
    if (line.size() > 64 * 1024) return std::nullopt;
  }
  return std::nullopt;
}

size_t ServerConnection::receive(std::span<std::byte> room) {
  if (used_ == buffer_.size()) {
    buffer_.resize(64 * 1024);
    ssize_t count = recv(socket_, buffer_.data(), buffer_.size(), 0);
    buffer_.resize(count > 0 ? static_cast<size_t>(count) : 0);
    used_ = 0;
  }
  size_t count = std::min(room.size(), buffer_.size() - used_);
  std::copy_n(reinterpret_cast<const std::byte*>(buffer_.data()) + used_, count, room.data());
  used_ += count;
  return count;
}

bool ServerConnection::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

void ServerConnection::reset() {
  linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  shutdown(socket_, SHUT_RDWR);
}

void ServerConnection::pace(size_t bytes) {
  if (!fault_ || !fault_->bytes_per_second) return;
  auto time = std::chrono::duration<double>(static_cast<double>(bytes) /
                                            static_cast<double>(*fault_->bytes_per_second));
  pollfd hang_up{socket_, POLLRDHUP, 0};
  poll(&hang_up, 1, static_cast<int>(std::chrono::ceil<milliseconds>(time).count()));
}

// ---- the server

void HttpServer::Inside::stall(int socket) {
  while (!stop.stop_requested()) {
    pollfd hang_up{socket, POLLRDHUP, 0};
    if (poll(&hang_up, 1, 100) > 0) return;
  }
}

std::optional<Fault> HttpServer::Inside::fault_for(const ServerRequest& request) {
  auto armed = faults.lock();
  for (Armed& one : *armed) {
    if (one.struck >= one.fault.times || (one.fault.when && !one.fault.when(request))) continue;
    if (one.spared < one.fault.spare) {
      ++one.spared;
      continue;
    }
    ++one.struck;
    ++struck;
    return one.fault;
  }
  return std::nullopt;
}

bool HttpServer::Inside::listen_on(uint16_t wanted) {
  FileHandle socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  int yes = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(wanted);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(socket.get(), 64) != 0)
    return false;
  port = wanted;
  auto open = doors.lock();
  open->listener = socket.get();
  open->threads.emplace_back([this, listener = std::move(socket)] { accept_all(listener.get()); });
  return true;
}

void HttpServer::Inside::accept_all(int listener) {
  while (true) {
    int accepted = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted < 0) return;
    int yes = 1;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    size_t number = ++connections;
    auto open = doors.lock();
    if (open->listener != listener) {
      close(accepted);
      return;
    }
    open->open.insert(accepted);
    open->threads.emplace_back([this, accepted, number] {
      ServerConnection(*this, accepted, number).serve();
      auto all = doors.lock();
      all->open.erase(accepted);
      close(accepted);
    });
  }
}

HttpServer::HttpServer(Handler handler) : inside_(std::make_unique<Inside>()) {
  inside_->handler = std::move(handler);
  // Somebody else may take the port before we do.
  for (int i = 0; i < 10; ++i)
    if (inside_->listen_on(free_port())) return;
  throw std::runtime_error("no port to listen on");
}

HttpServer::~HttpServer() {
  inside_->stop.request_stop();
  shut_door();
  std::list<std::jthread> threads;
  while (true) {
    inside_->doors.lock()->threads.swap(threads);
    if (threads.empty()) return;
    threads.clear();  // joins
  }
}

int HttpServer::port() const { return inside_->port; }
std::string HttpServer::host() const { return "127.0.0.1:" + std::to_string(port()); }
std::string HttpServer::url(const std::string& target) const { return "http://" + host() + target; }

void HttpServer::add_fault(Fault fault) { inside_->faults.lock()->push_back({std::move(fault), 0, 0}); }
void HttpServer::clear_faults() { inside_->faults.lock()->clear(); }
size_t HttpServer::faults_struck() const { return inside_->struck; }

std::vector<HttpServer::Seen> HttpServer::seen() const { return *inside_->seen.lock(); }
size_t HttpServer::connections() const { return inside_->connections; }

size_t HttpServer::count(const std::string& method, const std::string& part) const {
  auto all = seen();
  return static_cast<size_t>(std::ranges::count_if(all, [&](const Seen& one) {
    return (method.empty() || one.method == method) && one.target.find(part) != std::string::npos;
  }));
}

void HttpServer::shut_door(bool and_hang_up) {
  auto doors = inside_->doors.lock();
  if (doors->listener >= 0) shutdown(std::exchange(doors->listener, -1), SHUT_RDWR);
  if (and_hang_up)
    for (int open : doors->open) shutdown(open, SHUT_RDWR);
}

void HttpServer::open_door() {
  if (inside_->doors.lock()->listener >= 0) return;
  // The thread at the door that was shut may still be leaving.
  for (int i = 0; i < 5000; ++i, std::this_thread::sleep_for(milliseconds(1)))
    if (inside_->listen_on(inside_->port)) return;
  throw std::runtime_error("the port is somebody else's now");
}

}  // namespace eulerpublisher::test
