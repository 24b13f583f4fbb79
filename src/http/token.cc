#include "http/token.h"

#include <curl/curl.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "http/base64.h"

namespace eulerpublisher::http {
namespace {

using nlohmann::json;

constexpr size_t longest_token = 64 * 1024;

json parse_json(std::string_view text) {
  return json::parse(text, nullptr, false);  // discarded, not thrown
}

std::string text_at(const json& object, const char* name) {
  if (!object.is_object()) return {};
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::set<std::string> split_actions(std::string_view list) {
  std::set<std::string> actions;
  while (!list.empty()) {
    std::string_view one = list.substr(0, list.find(','));
    if (!one.empty()) actions.emplace(one);
    list.remove_prefix(std::min(list.size(), one.size() + 1));
  }
  return actions;
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " and ") + word;
  return text;
}

}  // namespace

std::optional<Access> parse_scope(std::string_view scope) {
  size_t first = scope.find(':'), last = scope.rfind(':');
  if (first == scope.npos || first == last) return std::nullopt;
  return Access{std::string(scope.substr(0, first)), std::string(scope.substr(first + 1, last - first - 1)),
                split_actions(scope.substr(last + 1))};
}

std::optional<std::vector<Access>> access_of(std::string_view token) {
  size_t first = token.find('.'), last = token.rfind('.');
  if (first == token.npos || first == last || token.size() > longest_token) return std::nullopt;
  auto payload = from_base64(token.substr(first + 1, last - first - 1));
  if (!payload) return std::nullopt;
  json claims = parse_json(*payload);
  if (!claims.is_object() || !claims.contains("access")) return std::nullopt;
  std::vector<Access> all;
  if (claims["access"].is_null()) return all;
  if (!claims["access"].is_array()) return std::nullopt;
  for (const json& entry : claims["access"]) {
    Access access{text_at(entry, "type"), text_at(entry, "name"), {}};
    if (access.type.empty() || !entry.contains("actions") || !entry["actions"].is_array()) continue;
    for (const json& action : entry["actions"])
      if (action.is_string()) access.actions.insert(action.get<std::string>());
    all.push_back(std::move(access));
  }
  return all;
}

std::set<std::string> missing(const Access& wanted, const std::vector<Access>& granted,
                              const std::vector<std::string>& asked) {
  bool names_are_ours = granted.empty();
  for (const std::string& scope : asked) {
    auto ours = parse_scope(scope);
    names_are_ours |=
        ours && std::ranges::any_of(granted, [&](const Access& g) { return g.name == ours->name; });
  }
  if (!names_are_ours) return {};
  std::set<std::string> left = wanted.actions;
  for (const Access& access : granted) {
    if (access.type != wanted.type || access.name != wanted.name) continue;
    if (access.actions.contains("*")) return {};
    for (const std::string& action : access.actions) left.erase(action);
  }
  return left;
}

Result<Token> parse_token(const Response& answer, Instant now) {
  json body = parse_json(answer.body);
  std::string text = text_at(body, "token");
  if (text.empty()) text = text_at(body, "access_token");
  bool sane = !text.empty() && text.size() <= longest_token &&
              std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
  if (!sane) return corrupt("the token server's answer holds no token");
  std::chrono::seconds life(60);
  if (auto found = body.find("expires_in"); found != body.end() && found->is_number()) {
    double seconds = found->get<double>();
    if (seconds >= 1) life = std::chrono::seconds(static_cast<int64_t>(std::min(seconds, 86'400.0)));
  }
  auto age = std::chrono::seconds(0);  // by the server's clock alone: ours may be wrong
  auto issued = parse_rfc3339(text_at(body, "issued_at"));
  auto date = answer.headers.get("Date");
  time_t server_now = date ? curl_getdate(date->c_str(), nullptr) : -1;
  if (issued.has_value() && server_now != -1)
    age = std::chrono::seconds(int64_t{server_now} - std::chrono::system_clock::to_time_t(*issued));
  auto left = life - std::clamp(age, std::chrono::seconds(0), life);
  auto margin = std::min(std::chrono::seconds(30), life / 5);
  Token token{Secret(text), now + std::max(left - margin, std::chrono::seconds(0)), access_of(text)};
  return token;
}

std::string message_of(std::string_view body) {
  json parsed = parse_json(body.substr(0, 64 * 1024));
  std::string message;
  if (parsed.is_object()) {
    if (parsed.contains("errors") && parsed["errors"].is_array() && !parsed["errors"].empty()) {
      message = text_at(parsed["errors"][0], "message");
      if (message.empty()) message = text_at(parsed["errors"][0], "code");
    }
    for (const char* name : {"error_description", "details", "message", "error"})
      if (message.empty()) message = text_at(parsed, name);
  } else if (parsed.is_discarded() && body.find('<') == body.npos) {
    message = body.substr(0, 400);
  }
  message = redact(message);
  for (char& c : message)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  message.erase(std::min(message.size(), size_t{200}));
  while (message.ends_with(' ') || message.ends_with('.')) message.pop_back();
  return message;
}

namespace {

std::string who(const TokenWish& wish) {
  if (!wish.login) return "anonymous users";
  return wish.login->username.empty() ? "our identity token" : "user " + wish.login->username;
}

std::string what_next(const TokenWish& wish) {
  std::string registry = canonical_registry(wish.registry.host_and_port());
  if (wish.login) return "log in as somebody who may, or ask for the right";
  return fmt::format("set LOGIN_USERNAME and LOGIN_PASSWORD, or run `docker login {}`", registry);
}

Done realm_is_safe(const TokenWish& wish) {
  const Url& registry = wish.registry;
  const Url& realm = wish.realm;
  bool as_near = !registry.secure() && (realm.host() == registry.host() || realm.is_loopback());
  if (realm.secure() || as_near || (registry.is_loopback() && realm.is_loopback())) return {};
  return denied("{} wants its login sent to {}, without protection; this is not done",
                registry.host_and_port(), realm.shown());
}

Error refusal(const TokenWish& wish, const Response& answer) {
  std::string registry = canonical_registry(wish.registry.host_and_port());
  std::string message = message_of(answer.body);
  std::string why = message.empty() ? std::to_string(answer.status) : message;
  if (answer.status == 429 || answer.status >= 500)
    return unavailable("{} answers {} to the request for a token", wish.realm.shown(), answer.status);
  if (!wish.login) return denied("{} refuses {}: {}; {}", registry, who(wish), why, what_next(wish));
  return denied("{} refuses the login of {}: {}", registry, who(wish), why);
}

Result<Response> ask_with_identity_token(Client& client, const TokenWish& wish, std::stop_token stop) {
  std::string form =
      "grant_type=refresh_token&client_id=eulerpublisher&service=" + percent_encode(wish.service);
  std::string scope;
  for (const std::string& one : wish.scopes) scope += (scope.empty() ? "" : " ") + one;
  if (!scope.empty()) form += "&scope=" + percent_encode(scope);
  form += "&refresh_token=" + percent_encode(wish.login->identity_token.reveal());
  MemoryBlob blob("application/x-www-form-urlencoded", std::move(form));
  Request request;
  request.method = "POST";
  request.url = wish.realm.text();
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  request.body = Body{&blob, 0, {}};
  request.answer_limit = 256 * 1024;
  request.public_only = wish.public_only;
  return client.send(request, std::move(stop));
}

Result<Response> ask(Client& client, const TokenWish& wish, std::stop_token stop) {
  if (wish.login && !wish.login->identity_token.empty()) return ask_with_identity_token(client, wish, stop);
  Url url = wish.realm;
  if (!wish.service.empty()) url = url.with_query("service", wish.service);
  for (const std::string& scope : wish.scopes) url = url.with_query("scope", scope);
  Request request;
  if (wish.login) {
    url = url.with_query("account", wish.login->username);
    request.headers.add("Authorization",
                        "Basic " + to_base64(wish.login->username + ":" + wish.login->password.reveal()));
  }
  request.url = url.text();
  request.answer_limit = 256 * 1024;
  request.redirects = 3;
  request.public_only = wish.public_only;
  return client.send(request, std::move(stop));
}

Result<Token> ask_once(Client& client, Clock& clock, const TokenWish& wish, std::stop_token stop) {
  Response answer = TRY(ask(client, wish, std::move(stop)).within("asking for a token"));
  if (!answer.ok()) {
    answer.body = without_secrets(std::move(answer.body), wish.login);
    return refusal(wish, answer);
  }
  return parse_token(answer, clock.now()).within("asking {} for a token", wish.realm.shown());
}

// What the first scope asks for and the token does not allow.
std::set<std::string> main_scope_lacks(const Token& token, const TokenWish& wish) {
  if (!token.access || wish.scopes.empty()) return {};
  auto wanted = parse_scope(wish.scopes[0]);
  if (!wanted) return {};
  return missing(*wanted, *token.access, wish.scopes);
}

}  // namespace

Result<Token> fetch_token(Client& client, Clock& clock, const TokenWish& wish, std::stop_token stop) {
  TRY(realm_is_safe(wish));
  Token token = TRY(ask_once(client, clock, wish, stop));
  std::set<std::string> lacks = main_scope_lacks(token, wish);
  if (!lacks.empty() && wish.scopes.size() > 1) {
    // Some token servers grant only one of several scopes (registries.md Q9): this is the one that counts.
    TokenWish alone = wish;
    alone.scopes = {wish.scopes[0]};
    token = TRY(ask_once(client, clock, alone, stop));
    lacks = main_scope_lacks(token, alone);
  }
  if (lacks.empty()) return token;
  return denied("{} does not allow {} to {} {}; {}", canonical_registry(wish.registry.host_and_port()),
                who(wish), joined(lacks), parse_scope(wish.scopes[0])->name, what_next(wish));
}

}  // namespace eulerpublisher::http
