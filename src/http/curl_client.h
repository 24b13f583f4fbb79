#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "http/client.h"

namespace eulerpublisher::http {

struct ClientOptions {
  std::string user_agent = "eulerpublisher/0.1.0";
  // Certificates of authorities, besides the system's: PEM files.
  std::vector<std::filesystem::path> ca_files;
  // A certificate and key of our own for every host, PEM; empty: none.
  std::filesystem::path client_certificate;
  std::filesystem::path client_key;
  // Folders as docker and podman keep them: HOST[:PORT]/ with *.crt (authorities) and *.cert + *.key (ours).
  // The first that has a folder for the host serves.
  std::vector<std::filesystem::path> certs_d;
  // How long a connection may take to come about, TLS included.
  std::chrono::milliseconds connect_patience{15'000};
  // How long not a byte may move in either direction.  Time in which we wait for our own source does not
  // count.
  std::chrono::milliseconds stall_patience{60'000};

  // ~/.config/containers/certs.d, /etc/containers/certs.d and /etc/docker/certs.d.
  static std::vector<std::filesystem::path> usual_certs_d();
};

// HTTP/1.1 over libcurl.  Connections are kept alive and used again for the same host.  TLS is always
// verified; the caller decides between http and https by the address.  Proxies come from the environment as
// curl reads it. Asking `stop` ends a request at once.  An answer that comes while a body is still being sent
// is seen, and the rest of the body is not sent.
class CurlClient : public Client {
 public:
  explicit CurlClient(ClientOptions options = {});
  ~CurlClient() override;
  Result<Response> send(const Request& request, std::stop_token stop) override;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace eulerpublisher::http
