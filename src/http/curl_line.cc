#include "http/curl_line.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace eulerpublisher::http {
namespace {

void begin_curl_once() {
  static const bool begun = [] {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    // OpenSSL may write to a connection that the other side has closed; that is an error, and not our end.
    struct sigaction now {};
    if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
    return true;
  }();
  (void)begun;
}

}  // namespace

CurlLine::CurlLine(std::string origin, CURLSH* shared)
    : origin_(std::move(origin)), shared_(shared), easy_(curl_easy_init()), multi_(curl_multi_init()) {
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
}

CurlLine::~CurlLine() {
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
}

void CurlLine::prepare() {
  curl_easy_reset(easy_);
  curl_easy_setopt(easy_, CURLOPT_SHARE, shared_);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &CurlLine::open_socket);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, &CurlLine::close_socket);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, this);
}

curl_socket_t CurlLine::open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto* line = static_cast<CurlLine*>(self);
  int opened = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (opened < 0) return CURL_SOCKET_BAD;
  line->sockets_.push_back(opened);
  if (address->family == AF_INET)
    line->peer_port_ = ntohs(reinterpret_cast<const sockaddr_in*>(&address->addr)->sin_port);
  if (address->family == AF_INET6)
    line->peer_port_ = ntohs(reinterpret_cast<const sockaddr_in6*>(&address->addr)->sin6_port);
  return opened;
}

int CurlLine::close_socket(void* self, curl_socket_t closed) {
  std::erase(static_cast<CurlLine*>(self)->sockets_, closed);
  return close(closed);
}

bool CurlLine::answer_waits() const {
  return std::ranges::any_of(sockets_, [](curl_socket_t socket) {
    pollfd look{socket, POLLIN, 0};
    return poll(&look, 1, 0) > 0;
  });
}

CurlShare::CurlShare() {
  begin_curl_once();
  share_ = curl_share_init();
  curl_share_setopt(share_, CURLSHOPT_USERDATA, this);
  curl_share_setopt(
      share_, CURLSHOPT_LOCKFUNC, +[](CURL*, curl_lock_data what, curl_lock_access, void* self) {
        static_cast<CurlShare*>(self)->mutexes_[what].lock();
      });
  curl_share_setopt(
      share_, CURLSHOPT_UNLOCKFUNC, +[](CURL*, curl_lock_data what, void* self) {
        static_cast<CurlShare*>(self)->mutexes_[what].unlock();
      });
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

CurlShare::~CurlShare() { curl_share_cleanup(share_); }

}  // namespace eulerpublisher::http
