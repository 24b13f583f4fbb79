#include "support/description_server.h"

#include <nlohmann/json.hpp>

#include "http/base64.h"

namespace eulerpublisher::test {
namespace {

const std::string hub_token = "eyJhbGciOiJSUzI1NiJ9.a-token.of-docker-hub";

ServerAnswer json_answer(int status, const nlohmann::json& json) {
  return {status, {{"Content-Type", "application/json"}}, json.dump()};
}

size_t characters(const std::string& text) {
  size_t count = 0;
  for (char c : text) count += (c & 0xc0) != 0x80;
  return count;
}

}  // namespace

DescriptionServer::DescriptionServer(Kind kind, std::string user, std::string secret)
    : kind_(kind), user_(std::move(user)), secret_(std::move(secret)) {
  server_ = std::make_unique<HttpServer>([this](ServerRequest& request) { return answer(request); });
}

ServerAnswer DescriptionServer::answer(ServerRequest& request) {
  if (kind_ == Kind::docker_hub && request.path == "/v2/auth/token") return log_in(request);
  std::string wanted = kind_ == Kind::docker_hub ? "Bearer " + hub_token
                       : kind_ == Kind::quay     ? "Bearer " + secret_
                                                 : "Basic " + http::to_base64(user_ + ":" + secret_);
  std::string shown = request.headers.get("Authorization").value_or("");
  if (shown.empty()) return refuse(401, "no login");
  if (shown != wanted) return refuse(kind_ == Kind::quay ? 403 : 401, "this is no login: " + shown);
  std::string repository = repository_in(request.path);
  auto texts = texts_.lock();
  auto text = texts->find(repository);
  if (repository.empty() || text == texts->end()) return refuse(404, "object not found");
  const char* key = kind_ == Kind::docker_hub ? "full_description" : "description";
  if (request.method == "GET") return json_answer(200, {{"name", repository}, {key, text->second}});
  if (request.method != (kind_ == Kind::docker_hub ? "PATCH" : "PUT")) return refuse(405, "no such method");
  auto body = nlohmann::json::parse(request.read_body(), nullptr, false);
  if (!body.is_object() || !body[key].is_string()) return refuse(400, "a description is wanted");
  std::string given = body[key];
  if (kind_ == Kind::docker_hub && characters(given) > 25'000)
    return json_answer(400, {{key, {"Ensure this field has no more than 25000 characters."}}});
  text->second = given;
  if (kind_ == Kind::harbor) return {200};
  return kind_ == Kind::quay ? json_answer(200, {{"success", true}}) : json_answer(200, {{key, given}});
}

ServerAnswer DescriptionServer::log_in(ServerRequest& request) const {
  auto body = nlohmann::json::parse(request.read_body(), nullptr, false);
  bool known =
      body.is_object() && body.value("identifier", "") == user_ && body.value("secret", "") == secret_;
  if (!known) return refuse(401, "Incorrect authentication credentials: " + body.dump());
  return json_answer(200, {{"access_token", hub_token}});
}

ServerAnswer DescriptionServer::refuse(int status, const std::string& why) const {
  if (kind_ == Kind::harbor)
    return json_answer(status, {{"errors", {{{"code", "DENIED"}, {"message", why}}}}});
  return json_answer(status, {{kind_ == Kind::quay ? "error_message" : "detail", why}});
}

std::string DescriptionServer::repository_in(const std::string& path) const {
  auto between = [&](const std::string& begin, const std::string& end) -> std::string {
    if (!path.starts_with(begin) || !path.ends_with(end)) return {};
    return path.substr(begin.size(), path.size() - begin.size() - end.size());
  };
  if (kind_ == Kind::docker_hub) return between("/v2/repositories/", "/");
  if (kind_ == Kind::quay) return between("/api/v1/repository/", "");
  std::string rest = between("/api/v2.0/projects/", "");
  size_t at = rest.find("/repositories/");
  if (at == rest.npos) return {};
  std::string name = rest.substr(at + 14);
  if (name.find('/') != name.npos) return {};
  for (size_t slash = name.find("%252F"); slash != name.npos; slash = name.find("%252F"))
    name.replace(slash, 5, "/");
  return rest.substr(0, at) + "/" + name;
}

}  // namespace eulerpublisher::test
