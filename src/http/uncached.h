#pragma once

#include "http/client.h"

namespace eulerpublisher::http {

// Asks past caches (RFC 9111, 5.2.1.4): what stands in front of a registry must look whether its copy is
// still the truth.  As safe from threads as the client behind it.
class Uncached : public Client {
 public:
  explicit Uncached(Client& next) : next_(next) {}
  Result<Response> send(const Request& request, std::stop_token stop) override {
    Request fresh = request;
    fresh.headers.set("Cache-Control", "no-cache");
    return next_.send(fresh, stop);
  }

 private:
  Client& next_;
};

}  // namespace eulerpublisher::http
