#include "readme/api.h"

namespace eulerpublisher::readme {
namespace {

constexpr std::string_view advice =
    "descriptions need an OAuth token that may write repositories, not a robot's password; `docker login -u "
    "'$oauthtoken'` stores it";

// Quay's API (Red Hat Quay API reference, "getRepo" and "updateRepo").
class Quay : public DescriptionSite {
 public:
  explicit Quay(SiteParts parts) : api_(std::move(parts)) {}

  std::string name() const override { return "Quay"; }
  std::optional<size_t> longest() const override { return std::nullopt; }

  Result<std::string> read(const RepositoryName& repository, std::stop_token stop) override {
    return text_in(TRY(ask("GET", repository, "?includeTags=false", std::nullopt, stop)), "description");
  }

  Done write(const RepositoryName& repository, const std::string& text, std::stop_token stop) override {
    TRY(ask("PUT", repository, "", nlohmann::json{{"description", text}}, stop));
    return {};
  }

 private:
  Result<nlohmann::json> ask(const char* method, const RepositoryName& repository, const char* query,
                             const std::optional<nlohmann::json>& body, std::stop_token stop) {
    http::Credential login = TRY(api_.login(repository, advice));
    // As Quay has it for registry logins: the name $oauthtoken, and the token as the password.
    if (login.username != "$oauthtoken")
      return denied("the login {} is none for Quay's API: {}", login.username, advice);
    std::string path = fmt::format("/api/v1/repository/{}{}", repository.text(), query);
    return api_.ask(method, path, body, fmt::format("Bearer {}", login.password.reveal()), login, stop);
  }

  Api api_;
};

}  // namespace

std::unique_ptr<DescriptionSite> quay(SiteParts parts) { return std::make_unique<Quay>(std::move(parts)); }

}  // namespace eulerpublisher::readme
