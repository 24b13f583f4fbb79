#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "oci/name.h"
#include "support/process.h"

namespace eulerpublisher::test {

// Debian's docker-registry on a free loopback port, with a configuration and a storage folder of its own.
class RegistryServer {
 public:
  struct Options {
    // A user and a password, asked for with HTTP basic authentication.
    std::optional<std::pair<std::string, std::string>> basic = {};
    // Writes are answered with 405.
    bool read_only = false;
    bool delete_enabled = true;
    // Serves TLS with these PEM files.
    std::filesystem::path certificate = {}, key = {};
    // More top-level YAML, such as an `auth:` section for tokens.
    std::string more_yaml = {};
  };

  // Returns once it answers.  `not_found` when docker-registry is not installed: skip the test.
  static Result<std::unique_ptr<RegistryServer>> start(Options options);
  static Result<std::unique_ptr<RegistryServer>> start() { return start(Options{}); }
  RegistryServer(const RegistryServer&) = delete;

  uint16_t port() const { return port_; }
  // `127.0.0.1:PORT`.
  std::string address() const;
  RegistryHost host() const { return *RegistryHost::parse(address()); }
  // `http://127.0.0.1:PORT`, or https with a certificate.
  std::string url() const;
  std::filesystem::path storage() const { return folder_ / "storage"; }
  std::string log() const { return read_text(folder_ / "log"); }
  bool running() { return process_ && process_->running(); }

  // Lets what is in flight come to its end.
  void stop();
  // At once, as in a crash.
  void kill();
  // It holds its connections and says nothing, until resume().
  void pause();
  void resume();
  // The same storage and port, after stop() or kill(); with other options when given.
  Done restart();
  Done restart(Options options);

 private:
  explicit RegistryServer(Options options) : options_(std::move(options)) {}
  Done configure();
  Done launch();

  Options options_;
  TempFolder folder_{"ep-registry"};
  uint16_t port_ = 0;
  std::optional<Process> process_;
};

}  // namespace eulerpublisher::test
