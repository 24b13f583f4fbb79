#include "base/guarded.h"
#include "readme/api.h"

namespace eulerpublisher::readme {
namespace {

// Docker Hub's own API (docs.docker.com, "Docker HUB API"): a password or access token is exchanged for a
// JWT, which the repository's page is read and changed with.
class DockerHub : public DescriptionSite {
 public:
  explicit DockerHub(SiteParts parts) : api_(std::move(parts)) {}

  std::string name() const override { return "Docker Hub"; }
  std::optional<size_t> longest() const override { return 25'000; }

  Result<std::string> read(const RepositoryName& repository, std::stop_token stop) override {
    return text_in(TRY(ask("GET", repository, std::nullopt, stop)), "full_description");
  }

  Done write(const RepositoryName& repository, const std::string& text, std::stop_token stop) override {
    TRY(ask("PATCH", repository, nlohmann::json{{"full_description", text}}, stop));
    return {};
  }

 private:
  Result<nlohmann::json> ask(const char* method, const RepositoryName& repository,
                             const std::optional<nlohmann::json>& body, std::stop_token stop) {
    http::Credential login =
        TRY(api_.login(repository, "`docker login` stores one, with read and write rights"));
    std::string path = fmt::format("/v2/repositories/{}/", repository.text());
    return api_.ask(method, path, body, fmt::format("Bearer {}", TRY(token(login, stop)).reveal()), login,
                    stop);
  }

  // One login serves a whole run.
  Result<http::Secret> token(const http::Credential& login, std::stop_token stop) {
    auto known = token_.lock();
    if (!known->empty()) return http::Secret(*known);
    if (login.username.empty() || login.password.empty())
      return denied("Docker Hub wants a name and a password or access token for descriptions");
    nlohmann::json body{{"identifier", login.username}, {"secret", login.password.reveal()}};
    auto answer = api_.ask("POST", "/v2/auth/token", body, {}, login, stop).within("logging in");
    std::string text = text_in(TRY(std::move(answer)), "access_token");
    if (text.empty()) return corrupt("Docker Hub answered a login without a token");
    *known = http::Secret(std::move(text));
    return http::Secret(*known);
  }

  Api api_;
  Guarded<http::Secret> token_;
};

}  // namespace

std::unique_ptr<DescriptionSite> docker_hub(SiteParts parts) {
  return std::make_unique<DockerHub>(std::move(parts));
}

}  // namespace eulerpublisher::readme
