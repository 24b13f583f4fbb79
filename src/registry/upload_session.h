#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "http/client.h"
#include "http/url.h"
#include "oci/digest.h"
#include "oci/name.h"
#include "registry/registry.h"

namespace eulerpublisher {

// One upload session at a registry (OCI distribution-spec, "Pushing blobs"): where it goes on is always what
// the last answer said.  Every step returns the registry's answer whatever its status; an Error means that no
// answer came.  Used by one thread.
class UploadSession {
 public:
  UploadSession(Registry& registry, RepositoryName repository)
      : registry_(registry), repository_(std::move(repository)) {}

  // POST.  Started when the answer is 202 and says where to go on: see started().
  Result<http::Response> start(std::stop_token stop);
  // POST that asks for a blob of another repository of this registry: 201 when it is mounted, or as start().
  Result<http::Response> mount(const Digest& digest, const RepositoryName& source, std::stop_token stop);
  bool started() const { return location_.has_value(); }

  // PATCH.  `piece` has a length, or follows the blob to its end.
  Result<http::Response> send(const http::Body& piece, std::stop_token stop);
  // PUT: with everything, with the last piece, or without bytes.
  Result<http::Response> close(const Digest& digest, const std::optional<http::Body>& last,
                               std::stop_token stop);
  // How far the registry has got: 204 with `Range`.
  Result<http::Response> ask(std::stop_token stop);
  // Tells the registry to forget it.  As it would do so by itself one day, failing does not matter.
  void drop(std::stop_token stop);

 private:
  http::Request request(std::string method, std::string purpose) const;
  Result<http::Response> post(http::Request request, std::stop_token stop);
  // Takes up the address in the answer; `denied` when it leads where our bytes must not go.
  Done follow(const http::Url& asked, const http::Response& response);
  void describe(http::Request& request, const http::Body& body) const;

  Registry& registry_;
  RepositoryName repository_;
  std::optional<http::Url> location_;
  bool elsewhere_ = false;    // on a host that our credentials are not for
  bool public_only_ = false;  // a public registry named that host
};

// The number of bytes that `Range: 0-N` tells, or nothing when it is not of that form.
std::optional<uint64_t> bytes_received(const http::Response& response);

}  // namespace eulerpublisher
