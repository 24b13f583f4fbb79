#include "oci/name.h"

#include <algorithm>

namespace eulerpublisher {
namespace {

bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_alnum(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

// [a-z0-9]+ joined by one of . _ __ or any number of dashes.
bool is_path_component(std::string_view text) {
  size_t at = 0;
  while (true) {
    size_t begin = at;
    while (at < text.size() && is_lower(text[at])) ++at;
    if (at == begin) return false;
    if (at == text.size()) return true;
    size_t end = text.find_first_not_of("._-", at);
    std::string_view joint = text.substr(at, end == text.npos ? end : end - at);
    bool dashes = joint.find_first_not_of('-') == joint.npos;
    if (!dashes && joint != "." && joint != "_" && joint != "__") return false;
    at += joint.size();
  }
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }) &&
         std::stoi(std::string(text)) <= 65535;
}

}  // namespace

Result<Tag> Tag::parse(std::string_view text) {
  bool good = !text.empty() && text.size() <= 128 && (is_alnum(text[0]) || text[0] == '_') &&
              std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; });
  if (!good) return invalid("'{}' is not a tag ([A-Za-z0-9_][A-Za-z0-9._-]{{0,127}})", text.substr(0, 160));
  return Tag(std::string(text));
}

Result<RepositoryName> RepositoryName::parse(std::string_view text) {
  std::string_view rest = text;
  bool good = text.size() <= 255;
  while (good) {
    size_t slash = rest.find('/');
    good = is_path_component(rest.substr(0, slash));
    if (slash == rest.npos) break;
    rest = rest.substr(slash + 1);
  }
  if (!good) return invalid("'{}' is not a repository name such as openeuler/openeuler", text.substr(0, 300));
  return RepositoryName(std::string(text));
}

Result<RegistryHost> RegistryHost::parse(std::string_view text) {
  std::string_view host = text;
  std::string_view port = "0";
  if (text.starts_with('[')) {
    size_t close = text.find(']');
    host = text.substr(1, close == text.npos ? 0 : close - 1);
    bool address = !host.empty() && host.find_first_not_of("0123456789abcdefABCDEF:.") == host.npos;
    if (!address) host = {};
    std::string_view rest = close == text.npos ? std::string_view{} : text.substr(close + 1);
    if (!rest.empty()) port = rest[0] == ':' ? rest.substr(1) : std::string_view{};
  } else {
    size_t colon = text.find(':');
    if (colon != text.npos) {
      host = text.substr(0, colon);
      port = text.substr(colon + 1);
    }
    bool name = std::ranges::all_of(host, [](char c) { return is_alnum(c) || c == '.' || c == '-'; }) &&
                !host.starts_with('.') && !host.starts_with('-') && !host.ends_with('-');
    if (!name) host = {};
  }
  if (host.empty() || !is_port(port))
    return invalid("'{}' is not a registry (a host such as docker.io or 127.0.0.1:5000, or oci:FOLDER)",
                   text.substr(0, 300));
  return RegistryHost(std::string(text));
}

std::string RegistryHost::host() const {
  if (text_.starts_with('[')) return text_.substr(1, text_.find(']') - 1);
  return text_.substr(0, text_.find(':'));
}

bool RegistryHost::is_loopback() const {
  std::string name = host();
  bool four = name.starts_with("127.") && name.find_first_not_of("0123456789.") == name.npos;
  return four || name == "::1" || name == "localhost";
}

}  // namespace eulerpublisher
