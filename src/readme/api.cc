#include "readme/api.h"

#include "http/url.h"
#include "policy/yaml.h"
#include "stream/stream.h"

namespace eulerpublisher::readme {
namespace {

// What a server says about its refusal, in whichever of the usual places.
std::string complaint_in(const std::string& body) {
  auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_object()) {
    for (const char* key : {"message", "detail", "error_message", "error"})
      if (std::string text = text_in(json, key); !text.empty()) return text;
    if (json.contains("errors") && json["errors"].is_array() && !json["errors"].empty())
      return text_in(json["errors"][0], "message");
  }
  return {};
}

Error refusal(int status, const std::string& url, const std::string& said) {
  std::string text = fmt::format("{} answered {}", url, status);
  if (!said.empty()) text += fmt::format(": {}", for_message(said));
  if (status == 401 || status == 403) return denied("{}", text);
  if (status == 404) return not_found("{}", text);
  if (status == 408 || status == 429 || status >= 500) return unavailable("{}", text);
  return invalid("{}", text);
}

}  // namespace

std::string text_in(const nlohmann::json& json, const char* key) {
  if (!json.is_object()) return {};
  auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<http::Credential> Api::login(const RepositoryName& repository, std::string_view advice) const {
  auto login = TRY(parts_.credentials.find(parts_.registry, repository.text()));
  if (!login) return denied("there is no login for {}: {}", parts_.registry, advice);
  return std::move(*login);
}

Result<nlohmann::json> Api::ask(const std::string& method, const std::string& path,
                                const std::optional<nlohmann::json>& body, const std::string& authorization,
                                const http::Credential& secrets, std::stop_token stop) const {
  http::Request request;
  request.method = method;
  request.url = parts_.url + path;
  request.purpose = "the description of a repository";
  request.anonymous = true;  // what proves who we are stands in the request itself
  request.headers.add("Accept", "application/json");
  if (!authorization.empty()) request.headers.add("Authorization", authorization);
  std::optional<MemoryBlob> bytes;
  if (body) {
    bytes.emplace("application/json", body->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    request.headers.add("Content-Type", "application/json");
    request.body = http::Body{&*bytes, 0, bytes->bytes().size()};
  }
  http::Response response = TRY(parts_.client.send(request, stop));
  std::string shown = parts_.url + path;
  size_t blank = authorization.find(' ');
  std::string token = blank == authorization.npos ? std::string() : authorization.substr(blank + 1);
  if (!response.ok())
    return refusal(response.status, shown,
                   http::without_secrets(complaint_in(response.body), secrets, token));
  if (response.body.empty()) return nlohmann::json::object();
  auto json = nlohmann::json::parse(response.body, nullptr, false);
  if (!json.is_object()) return corrupt("{} answered something that is no JSON object", shown);
  return json;
}

}  // namespace eulerpublisher::readme
