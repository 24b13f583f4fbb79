#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/guarded.h"
#include "http/client.h"

namespace eulerpublisher::http {

// What has been asked of one host.
struct Traffic {
  std::map<std::string, uint64_t> requests;  // by method
  std::map<int, uint64_t> answers;           // by status; 0: no answer came
  uint64_t bytes_sent = 0;                   // of bodies
  uint64_t bytes_received = 0;

  uint64_t all_requests() const;
};

// Counts requests and bytes by host, and writes a line for each to the log (debug), without secrets.
class Recording : public Client {
 public:
  explicit Recording(Client& next) : next_(next) {}
  Result<Response> send(const Request& request, std::stop_token stop) override;
  // By `host` or `host:port`.
  std::map<std::string, Traffic> traffic();

 private:
  Client& next_;
  Guarded<std::map<std::string, Traffic>> traffic_;
};

}  // namespace eulerpublisher::http
