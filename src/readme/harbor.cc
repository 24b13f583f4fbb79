#include "http/base64.h"
#include "http/url.h"
#include "readme/api.h"

namespace eulerpublisher::readme {
namespace {

// Harbor's API v2.0 (its swagger.yaml: getRepository and updateRepository), with the registry's own login.
class Harbor : public DescriptionSite {
 public:
  explicit Harbor(SiteParts parts) : api_(std::move(parts)) {}

  std::string name() const override { return "Harbor"; }
  std::optional<size_t> longest() const override { return std::nullopt; }

  Result<std::string> read(const RepositoryName& repository, std::stop_token stop) override {
    return text_in(TRY(ask("GET", repository, std::nullopt, stop)), "description");
  }

  Done write(const RepositoryName& repository, const std::string& text, std::stop_token stop) override {
    TRY(ask("PUT", repository, nlohmann::json{{"description", text}}, stop));
    return {};
  }

 private:
  Result<nlohmann::json> ask(const char* method, const RepositoryName& repository,
                             const std::optional<nlohmann::json>& body, std::stop_token stop) {
    http::Credential login =
        TRY(api_.login(repository, "`docker login` stores one; it must be allowed to change the project"));
    std::string basic = http::to_base64(fmt::format("{}:{}", login.username, login.password.reveal()));
    return api_.ask(method, TRY(path_of(repository)), body, "Basic " + basic, login, stop);
  }

  // The first part is the project; slashes in the rest are encoded twice, as Harbor wants it.
  static Result<std::string> path_of(const RepositoryName& repository) {
    const std::string& name = repository.text();
    size_t slash = name.find('/');
    if (slash == name.npos) return invalid("{} names no project of Harbor's", name);
    return fmt::format("/api/v2.0/projects/{}/repositories/{}", name.substr(0, slash),
                       http::percent_encode(http::percent_encode(name.substr(slash + 1))));
  }

  Api api_;
};

}  // namespace

std::unique_ptr<DescriptionSite> harbor(SiteParts parts) {
  return std::make_unique<Harbor>(std::move(parts));
}

}  // namespace eulerpublisher::readme
