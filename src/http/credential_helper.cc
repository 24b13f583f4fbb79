#include "http/credential_helper.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "process/run.h"

namespace eulerpublisher::http {
namespace {

constexpr size_t longest_answer = 256 * 1024;

// What the program says when it is asked for that registry.
Result<process::Ended> ask(const std::string& program, const std::string& registry,
                           std::chrono::milliseconds patience) {
  process::Terms terms{.input = registry + "\n",
                       .patience = patience,
                       .grace = std::chrono::milliseconds(0),
                       .output_limit = longest_answer};
  process::Ended ended = TRY(process::run({{program, "get"}}, terms));
  if (ended.too_late) return unavailable("{} did not answer in time", program);
  if (ended.cut) return unavailable("{} says too much", program);
  return ended;
}

std::string text_at(const nlohmann::json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Result<std::optional<Credential>> ask_credential_helper(const std::string& name, const std::string& registry,
                                                        std::chrono::milliseconds patience) {
  bool sane = !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  if (!sane) return invalid("'{}' is no name of a credential helper", name);
  std::string program = "docker-credential-" + name;
  process::Ended ended = TRY(ask(program, registry, patience));
  Secret said(std::move(ended.out));
  if (ended.status != 0) {
    if (said.reveal().find("not found") != std::string::npos) return std::nullopt;
    return unavailable("{} ended with status {} when asked for {}", program, ended.status, registry);
  }
  auto answer = nlohmann::json::parse(said.reveal(), nullptr, false);
  if (!answer.is_object()) return unavailable("{} answers something that is no login", program);
  std::string username = text_at(answer, "Username");
  Secret secret(text_at(answer, "Secret"));
  if (username.empty() || secret.empty()) return std::nullopt;
  if (username == "<token>") return Credential{"", {}, std::move(secret)};
  return Credential{username, std::move(secret), {}};
}

}  // namespace eulerpublisher::http
