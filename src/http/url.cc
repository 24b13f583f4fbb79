#include "http/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>

namespace eulerpublisher::http {
namespace {

struct FreeCurlUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlUrl = std::unique_ptr<CURLU, FreeCurlUrl>;

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
}

// Parameters that tell what is asked for, and never give access.
bool harmless(std::string_view name) {
  static constexpr std::array<std::string_view, 10> names = {
      "digest", "scope", "service", "n", "last", "mount", "from", "ns", "artifactType", "filters"};
  return std::ranges::find(names, name) != names.end();
}

std::string shown_query(std::string_view query) {
  std::string shown;
  while (true) {
    size_t end = query.find('&');
    std::string_view parameter = query.substr(0, end);
    size_t equals = parameter.find('=');
    if (equals == parameter.npos || harmless(parameter.substr(0, equals)))
      shown += parameter.size() > 100 ? "***" : parameter;
    else
      shown.append(parameter.substr(0, equals + 1)).append("***");
    if (end == query.npos) return shown;
    shown += '&';
    query.remove_prefix(end + 1);
  }
}

uint16_t usual_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

// The first 16 bits decide for IPv6, the first octets for IPv4 (IANA special-purpose registries).
bool is_private_v4(const unsigned char* a) {
  return a[0] == 0 || a[0] == 10 || a[0] == 127 || (a[0] == 100 && (a[1] & 0xc0) == 64) ||
         (a[0] == 169 && a[1] == 254) || (a[0] == 172 && (a[1] & 0xf0) == 16) ||
         (a[0] == 192 && a[1] == 168) || (a[0] == 192 && a[1] == 0 && a[2] == 0) ||
         (a[0] == 198 && (a[1] & 0xfe) == 18) || a[0] >= 224;
}

bool is_private_v6(const unsigned char* a) {
  static constexpr unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  static constexpr unsigned char nat64[12] = {0, 0x64, 0xff, 0x9b};
  if (std::memcmp(a, mapped, 12) == 0 || std::memcmp(a, nat64, 12) == 0) return is_private_v4(a + 12);
  bool zeros = std::all_of(a, a + 15, [](unsigned char c) { return c == 0; });
  return (zeros && a[15] <= 1) || (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0x80) == 0x80) ||
         a[0] == 0xff;
}

}  // namespace

bool is_private_address(std::string_view address) {
  std::string text(address.substr(0, address.find('%')));  // fe80::1%eth0
  unsigned char bytes[16];
  if (inet_pton(AF_INET, text.c_str(), bytes) == 1) return is_private_v4(bytes);
  if (inet_pton(AF_INET6, text.c_str(), bytes) == 1) return is_private_v6(bytes);
  return false;
}

namespace {

// Asks libcurl to take `text` apart, relative to `base` when there is one.
std::optional<CurlUrl> parsed(const std::string* base, std::string_view text) {
  CurlUrl url(curl_url());
  if (!url) return std::nullopt;
  if (base && curl_url_set(url.get(), CURLUPART_URL, base->c_str(), 0) != CURLUE_OK) return std::nullopt;
  std::string copy(text);
  if (curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), 0) != CURLUE_OK) return std::nullopt;
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  std::string scheme = part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  if (part(url.get(), CURLUPART_HOST).empty()) return std::nullopt;
  return url;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  std::optional<CurlUrl> url;
  if (text.size() <= 32 * 1024 && !has_control_character(text) && text.find("://") != text.npos)
    url = parsed(nullptr, text);
  if (!url) return invalid("'{}' is not an http or https address", redact(text.substr(0, 200)));
  Url result;
  CURLU* handle = url->get();
  result.scheme_ = part(handle, CURLUPART_SCHEME);
  result.host_ = lower(part(handle, CURLUPART_HOST));
  if (result.host_.size() > 2 && result.host_.front() == '[')
    result.host_ = result.host_.substr(1, result.host_.size() - 2);
  result.port_ = static_cast<uint16_t>(std::atoi(part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT).c_str()));
  result.path_ = part(handle, CURLUPART_PATH);
  if (result.path_.empty()) result.path_.assign(1, '/');
  result.query_ = part(handle, CURLUPART_QUERY);
  result.text_ = part(handle, CURLUPART_URL);
  return result;
}

Result<Url> Url::resolve(std::string_view reference) const {
  std::string encoded;  // Spaces and bytes beyond ASCII are common in what servers send, and wrong.
  for (char c : reference.substr(0, 32 * 1024)) {
    if (static_cast<signed char>(c) > ' ' && c != 0x7f)
      encoded += c;
    else
      encoded += percent_encode({&c, 1});
  }
  auto url = parsed(&text_, encoded);
  if (!url || encoded.empty())
    return invalid("{} points to '{}', which is not an http or https address", shown(),
                   redact(reference.substr(0, 200)));
  // A relative reference inherits ours; one of its own is dropped.
  if (encoded.find("://") != encoded.npos || encoded.starts_with("//")) {
    curl_url_set(url->get(), CURLUPART_USER, nullptr, 0);
    curl_url_set(url->get(), CURLUPART_PASSWORD, nullptr, 0);
  }
  return parse(part(url->get(), CURLUPART_URL));
}

Result<Url> Url::resolve_behind_proxy(std::string_view reference) const {
  Url there = TRY(resolve(reference));
  if (there.host() != host() || there.same_origin(*this)) return there;
  bool downgraded = secure() && !there.secure();
  bool forgot_port = there.port() == usual_port(there.scheme());
  bool forgot_tls = downgraded && there.port() == port();
  if (!forgot_port && !forgot_tls) return there;
  if (there.scheme() != scheme() && !downgraded) return there;
  return parse(origin() + there.path() + (there.query().empty() ? "" : "?" + there.query()));
}

std::string Url::host_and_port() const {
  std::string host = host_.find(':') == host_.npos ? host_ : "[" + host_ + "]";
  return port_ == usual_port(scheme_) ? host : host + ":" + std::to_string(port_);
}

std::string Url::origin() const {
  std::string host = host_.find(':') == host_.npos ? host_ : "[" + host_ + "]";
  return scheme_ + "://" + host + ":" + std::to_string(port_);
}

std::string Url::shown() const {
  return scheme_ + "://" + host_and_port() + path_ +
         (query_.empty() ? std::string() : std::string("?").append(shown_query(query_)));
}

Url Url::with_query(std::string_view name, std::string_view value) const {
  Url more = *this;
  std::string parameter = percent_encode(name) + "=" + percent_encode(value);
  more.query_ += (query_.empty() ? "" : "&") + parameter;
  size_t question = more.text_.find('?');
  if (question == more.text_.npos)
    more.text_ += "?" + parameter;
  else
    more.text_ += (question + 1 == more.text_.size() ? "" : "&") + parameter;
  return more;
}

bool Url::is_loopback() const {
  if (host_ == "localhost" || host_.ends_with(".localhost") || host_ == "::1") return true;
  unsigned char bytes[4];
  return inet_pton(AF_INET, host_.c_str(), bytes) == 1 && bytes[0] == 127;
}

bool Url::is_private() const { return is_loopback() || is_private_address(host_); }

std::string percent_encode(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string encoded;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                 c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return encoded;
}

namespace {

bool ends_address(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == ')';
}

// Works on the text alone, since what is shown here need not be a whole address.
std::string redact_address(std::string_view address) {
  std::string shown(address.substr(0, address.find("://") + 3));
  address.remove_prefix(shown.size());
  std::string_view authority = address.substr(0, address.find_first_of("/?#"));
  address.remove_prefix(authority.size());
  if (size_t at = authority.rfind('@'); at != authority.npos) authority.remove_prefix(at + 1);
  shown += authority;
  size_t question = address.find('?');
  shown += address.substr(0, question);
  if (question != address.npos) shown.append("?").append(shown_query(address.substr(question + 1)));
  return shown;
}

// What follows `Bearer ` or `Basic `, up to the next space or quote; a challenge's `realm="…"` is no secret.
size_t secret_length(std::string_view text) {
  size_t end = std::min(text.size(), text.find_first_of(" \t\r\n\"',;<>"));
  bool parameter = end > 0 && text[end - 1] == '=' && end < text.size() && text[end] == '"';
  return parameter ? 0 : end;
}

bool starts_with_scheme(std::string_view text) {
  static constexpr std::array<std::string_view, 4> schemes = {"bearer ", "basic ", "Bearer ", "Basic "};
  return std::ranges::any_of(schemes, [&](std::string_view scheme) { return text.starts_with(scheme); });
}

}  // namespace

std::string redact(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    if (starts_with_scheme(text)) {
      size_t space = text.find(' ') + 1;
      shown += text.substr(0, space);
      text.remove_prefix(space);
      if (size_t secret = secret_length(text); secret > 0) {
        shown += "***";
        text.remove_prefix(secret);
      }
    } else if (text.starts_with("://")) {
      auto end = static_cast<size_t>(std::ranges::find_if(text, ends_address) - text.begin());
      shown += redact_address(text.substr(0, end));
      text.remove_prefix(end);
    } else {
      shown += text.front();
      text.remove_prefix(1);
    }
  }
  return shown;
}

}  // namespace eulerpublisher::http
