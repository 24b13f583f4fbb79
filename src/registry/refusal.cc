#include "registry/refusal.h"

#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "http/url.h"

namespace eulerpublisher {
namespace {

using Json = nlohmann::json;
constexpr size_t message_limit = 200;

std::string text_of(const Json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string_view first_line(std::string_view text) {
  size_t start = text.find_first_not_of(" \t\r\n");
  if (start == text.npos) return {};
  text.remove_prefix(start);
  return text.substr(0, text.find_first_of("\r\n"));
}

Complaint from_json(const Json& json) {
  Complaint complaint;
  if (!json.is_object()) return complaint;
  auto errors = json.find("errors");
  const Json* error = &json;
  if (errors != json.end() && errors->is_array() && !errors->empty() && errors->front().is_object())
    error = &errors->front();
  complaint.code = printable(text_of(*error, "code"), 60);
  for (const char* key : {"message", "details", "error_description", "error"}) {
    if (complaint.message.empty()) complaint.message = printable(text_of(*error, key), message_limit);
  }
  return complaint;
}

ErrorKind kind_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorKind::denied;
    case 404:
      return ErrorKind::not_found;
    case 409:
    case 412:
      return ErrorKind::conflict;
    case 408:
    case 425:
    case 429:
      return ErrorKind::unavailable;
    default:
      return status >= 500 ? ErrorKind::unavailable : ErrorKind::unsupported;
  }
}

std::string advice(int status, const Complaint& complaint, std::string_view repository) {
  std::string host(repository.substr(0, repository.find('/')));
  switch (status) {
    case 401:
      return "log in to " + host + " with a user that may do this";
    case 403:
      return "the login for " + host + " does not allow it: use one that does";
    case 404:
      if (complaint.code == "MANIFEST_UNKNOWN" || complaint.code == "BLOB_UNKNOWN") return "";
      return "check the name, and whether it has to be created at " + host + " first";
    case 405:
      return host + " may be read-only";
    case 409:
    case 412:
      return "somebody else changed it or it may not be changed: look again";
    case 413:
      return "a limit on the size of a request stands in the way at " + host;
    case 429:
      return host + " wants fewer requests: try later";
    default:
      if (status >= 500) return "try later";
      if (status >= 300 && status < 400) return "check the name of the registry";
      return complaint.code.empty() ? "check that " + host + " is a registry" : "";
  }
}

}  // namespace

std::string printable(std::string_view text, size_t limit) {
  std::string clean;
  while (!text.empty()) {
    Utf8Character next = first_character(text);
    if (clean.size() + (next.good ? next.bytes.size() : 0) > limit) return clean + "…";
    bool control = next.code < ' ' || (next.code >= 0x7f && next.code < 0xa0);
    if (!next.good)
      clean += '?';
    else if (control)
      clean += ' ';
    else
      clean += next.bytes;
    text.remove_prefix(next.bytes.size());
  }
  return clean;
}

std::string Complaint::text() const {
  if (code.empty() || message.empty()) return code + message;
  return code + ": " + message;
}

Complaint complaint_in(std::string_view body) {
  if (body.size() > 64 * 1024) body = body.substr(0, 64 * 1024);
  size_t deepest = 0;
  Json json = Json::parse(
      body,
      [&](int depth, Json::parse_event_t, Json&) {
        deepest = std::max(deepest, static_cast<size_t>(depth));
        return depth < 16;
      },
      false);
  Complaint complaint;
  if (!json.is_discarded() && deepest < 16) {
    complaint = from_json(json);
  } else if (std::string_view line = first_line(body);
             !line.starts_with('<')) {  // a page for browsers tells nothing
    complaint.message = printable(line, message_limit);
  }
  complaint.message = http::redact(complaint.message);
  return complaint;
}

Error refusal(const http::Response& response, std::string_view repository, std::string_view doing) {
  Complaint complaint = complaint_in(response.body);
  std::string said = complaint.text();
  std::string next_step = advice(response.status, complaint, repository);
  return {kind_of(response.status),
          fmt::format("{}: {} was answered with {}{}{}{}{}", repository, doing, response.status,
                      said.empty() ? "" : " (", said, said.empty() ? "" : ")",
                      next_step.empty() ? "" : "; " + next_step)};
}

}  // namespace eulerpublisher
