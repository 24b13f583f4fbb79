#pragma once

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace eulerpublisher::http {

// One libcurl transfer at a time to one origin, and the connection that is kept alive between them.  Used by
// one thread at a time, except wake().
class CurlLine {
 public:
  CurlLine(std::string origin, CURLSH* shared);
  ~CurlLine();
  CurlLine(const CurlLine&) = delete;
  CurlLine& operator=(const CurlLine&) = delete;

  CURL* easy() const { return easy_; }
  CURLM* multi() const { return multi_; }
  const std::string& origin() const { return origin_; }
  // Ends a wait in curl_multi_poll; from any thread.
  void wake() { curl_multi_wakeup(multi_); }

  // Forgets all options of the last transfer; the connection stays.
  void prepare();
  // Whether something has come that curl has not read yet.
  bool answer_waits() const;
  // The port our connection goes to: the origin's, or that of a proxy.
  int peer_port() const { return peer_port_; }

 private:
  static curl_socket_t open_socket(void* line, curlsocktype purpose, curl_sockaddr* address);
  static int close_socket(void* line, curl_socket_t socket);

  std::string origin_;
  CURLSH* shared_;
  CURL* easy_;
  CURLM* multi_;
  std::vector<curl_socket_t> sockets_;
  int peer_port_ = 0;
};

// Names and TLS sessions, known to all lines.
class CurlShare {
 public:
  CurlShare();
  ~CurlShare();
  CurlShare(const CurlShare&) = delete;
  CurlShare& operator=(const CurlShare&) = delete;
  CURLSH* get() const { return share_; }

 private:
  std::mutex mutexes_[CURL_LOCK_DATA_LAST];
  CURLSH* share_;
};

}  // namespace eulerpublisher::http
