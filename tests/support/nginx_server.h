#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "support/process.h"

namespace eulerpublisher::test {

// A real nginx on a free port of 127.0.0.1 that serves a folder, with a configuration and a temporary folder
// of its own.  Ends when it goes.
class NginxServer {
 public:
  struct Options {
    enum class Listing { none, autoindex, fancyindex } listing = Listing::none;
    // Lines for the `server` block.
    std::string more = {};
  };

  // `not_found` when nginx is not installed, `unsupported` when it has no fancyindex and that is asked for.
  static Result<std::unique_ptr<NginxServer>> start(const std::filesystem::path& folder, Options options);

  std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }
  // Nobody answers until restart(), at the same address.
  void stop() { process_.reset(); }
  Done restart();
  // The access log: one line a request, `GET /path HTTP/1.1 206 Range`.
  std::string log() const { return read_text(temporary_ / "access.log"); }

 private:
  NginxServer() : temporary_("nginx") {}
  Result<Process> launch() const;
  std::string configuration(const std::filesystem::path& folder, const Options& options) const;

  TempFolder temporary_;
  uint16_t port_ = 0;
  std::optional<Process> process_;
};

}  // namespace eulerpublisher::test
