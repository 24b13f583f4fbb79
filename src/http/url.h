#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace eulerpublisher::http {

// An http or https address, taken apart and put together by libcurl, so that what we judge is what is asked.
// The fragment is dropped.
class Url {
 public:
  // `invalid` when it is not an http or https address.
  static Result<Url> parse(std::string_view text);

  // What `reference` (a Location or Link header, absolute or relative) means, seen from this address (RFC
  // 3986). User and password in it are dropped.
  Result<Url> resolve(std::string_view reference) const;
  // The same for a registry that answers from behind a proxy and does not know its own address: where the
  // reference names our own host without the port we asked, or with http though we asked with https, ours are
  // kept (registries.md Q12).
  Result<Url> resolve_behind_proxy(std::string_view reference) const;

  // `http` or `https`.
  const std::string& scheme() const { return scheme_; }
  bool secure() const { return scheme_ == "https"; }
  // Lower case, IPv6 without brackets.
  const std::string& host() const { return host_; }
  uint16_t port() const { return port_; }
  // Begins with `/`, still percent-encoded.
  const std::string& path() const { return path_; }
  // Without `?`, still percent-encoded.
  const std::string& query() const { return query_; }

  // As it is asked.  May hold secrets: show shown() instead.
  const std::string& text() const { return text_; }
  // `https://registry.example:5000`, always with the port.
  std::string origin() const;
  bool same_origin(const Url& other) const { return origin() == other.origin(); }
  // As a registry is named: `registry.example`, or with its port where that is not the scheme's own.
  std::string host_and_port() const;
  // For people: no user, no password, and no value in the query but those known to be harmless.
  std::string shown() const;

  // With one more parameter in the query; name and value are encoded here.
  Url with_query(std::string_view name, std::string_view value) const;

  // 127.0.0.0/8, ::1 or localhost; by the name alone, nothing is looked up.
  bool is_loopback() const;
  // An address that is loopback, private, link-local or otherwise not of the public internet; likewise.
  bool is_private() const;

 private:
  Url() = default;
  std::string scheme_, host_, path_, query_, text_;
  uint16_t port_ = 0;
};

// Whether `address` (IPv4 or IPv6 as text, no brackets) is loopback, private, link-local, shared (RFC 6598),
// unspecified or multicast.  Text that is no address is not.
bool is_private_address(std::string_view address);

// Letters, digits and -._~ stay, all others become %XX.
std::string percent_encode(std::string_view text);

// `text` with what looks like a secret replaced by ***: the values of queries and the user part of addresses
// in it, and what follows `Bearer ` or `Basic `.  For texts of others, an error body for example.
std::string redact(std::string_view text);

}  // namespace eulerpublisher::http
