#include "http/credentials.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "http/auth_file.h"
#include "http/base64.h"
#include "http/credential_helper.h"
#include "http/registries_file.h"

namespace eulerpublisher::http {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class CredentialsTest : public ::testing::Test {
 protected:
  CredentialsTest() {
    char name[] = "/tmp/eulerpublisher-test-XXXXXX";
    folder = mkdtemp(name);
  }
  ~CredentialsTest() override { fs::remove_all(folder); }
  fs::path write(const std::string& name, const std::string& text) {
    std::ofstream(folder / name) << text;
    return folder / name;
  }
  Environment environment = [this](const std::string& name) -> std::optional<std::string> {
    auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  std::map<std::string, std::string> variables;
  fs::path folder;
};

// `user:password`, `token:…`, `none` or the error.
std::string told(const Result<std::optional<Credential>>& found) {
  if (!found.has_value()) return found.error().text();
  if (!*found) return "none";
  if (!(*found)->identity_token.empty()) return "token:" + (*found)->identity_token.reveal();
  return (*found)->username + ":" + (*found)->password.reveal();
}

TEST_F(CredentialsTest, OfTheEnvironmentAreForARunWithOneRegistry) {
  variables = {{"LOGIN_USERNAME", "ann"}, {"LOGIN_PASSWORD", "secret"}};
  EnvironmentCredentials one({"docker.io"}, environment);
  EXPECT_EQ(told(one.find("registry-1.docker.io", "")), "ann:secret");
  EXPECT_EQ(told(one.find("quay.io", "")), "none");
  EnvironmentCredentials two({"docker.io", "quay.io"}, environment);
  EXPECT_EQ(told(two.find("docker.io", "")), "none");
  variables.erase("LOGIN_PASSWORD");
  EXPECT_THAT(told(one.find("docker.io", "")), HasSubstr("LOGIN_PASSWORD is not"));
}

TEST_F(CredentialsTest, AreTakenOutOfWhatAServerRepeats) {
  Credential login{"me", Secret("se\"cret"), Secret("a-refresh-token")};
  for (const std::string& said :
       {std::string("wrong password se\"cret"), std::string("{\"m\":\"not se\\\"cret\"}"),
        "Basic " + to_base64("me:se\"cret"), to_base64("se\"cret"), std::string("?password=se%22cret"),
        std::string("refresh_token=a-refresh-token"), std::string("Bearer eyJhbGciOi.J9.x")}) {
    std::string shown = without_secrets(said, login, "eyJhbGciOi.J9.x");
    EXPECT_THAT(shown, HasSubstr("***"));
    for (const char* secret : {"cret", "c2UiY3JldA", "bWU6c2UiY3Jld", "a-refresh", "eyJ"})
      EXPECT_THAT(shown, Not(HasSubstr(secret == std::string("cret") ? "\"cret" : secret)));
  }
  EXPECT_EQ(without_secrets("nothing of ours", std::nullopt), "nothing of ours");
}

TEST_F(CredentialsTest, KnowTheNamesOfDockerHub) {
  for (std::string name : {"docker.io", "index.docker.io", "registry-1.docker.io",
                           "https://index.docker.io/v1/", "https://registry-1.docker.io/v2/", "DOCKER.IO"})
    EXPECT_EQ(canonical_registry(name), "docker.io") << name;
  EXPECT_EQ(canonical_registry("https://127.0.0.1:5000/v2/"), "127.0.0.1:5000");
  EXPECT_EQ(canonical_registry("quay.io"), "quay.io");
}

TEST_F(CredentialsTest, OfTheRegistriesFileComeInBothShapes) {
  variables = {{"A_USER", "a"}, {"A_PASS", "1"}, {"B_USER", "b"},
               {"B_PASS", "2"}, {"C_USER", "c"}, {"C_PASS", "3"}};
  auto file = RegistriesFile::parse(
      "docker.io: [A_USER, A_PASS]\n"
      "hub: [B_USER, B_PASS, hub.oepkgs.net/openeuler/openeuler]\n"
      "hub2: [C_USER, C_PASS, hub.oepkgs.net/other/image]\n"
      "quay.io: [NO_USER, A_PASS]\n",
      "logins.yaml", environment);
  ASSERT_TRUE(file.has_value()) << file.error().text();
  EXPECT_EQ(file->entries()[1].registry, "hub.oepkgs.net");
  EXPECT_EQ(file->entries()[1].repository, "openeuler/openeuler");
  EXPECT_EQ(told(file->find("index.docker.io", "x/y")), "a:1");
  EXPECT_EQ(told(file->find("hub.oepkgs.net", "other/image")), "c:3");
  EXPECT_EQ(told(file->find("hub.oepkgs.net", "new/image")), "b:2");
  EXPECT_EQ(told(file->find("ghcr.io", "")), "none");
  EXPECT_EQ(told(file->find("quay.io", "")), "NO_USER is not set; logins.yaml names it for quay.io");
}

TEST_F(CredentialsTest, OfAWrongRegistriesFileAreNamedByPlaceAndNotRepeated) {
  auto error = [&](const std::string& yaml) {
    return RegistriesFile::parse(yaml, "logins.yaml", environment).error().text();
  };
  EXPECT_THAT(error("docker.io: [USER, \"marked secret\"]"),
              HasSubstr("logins.yaml:1:19: this must be the name"));
  EXPECT_THAT(error("docker.io: [USER, \"marked secret\"]"), Not(HasSubstr("marked")));
  EXPECT_THAT(error("a.io: [A, B]\nb.io: A"), HasSubstr("logins.yaml:2:7: 'b.io' must be"));
  EXPECT_THAT(error("a.io: [A, B]\na.io: [A, B]"), HasSubstr("twice"));
  EXPECT_THAT(error("a: [A, B, quay.io]"), HasSubstr("REGISTRY/NAMESPACE/NAME"));
  EXPECT_THAT(error("a: [A, B"), HasSubstr("logins.yaml:1:"));
  for (std::string yaml : {"", "[]", "5", "a b: [A, B]", "? [x]\n: [A, B]"})
    EXPECT_NE(error(yaml), "") << yaml;
}

TEST_F(CredentialsTest, OfAuthFilesFitTheRepositoryAsCloselyAsTheyCan) {
  fs::path file = write("auth.json", R"({"auths":{
      "https://index.docker.io/v1/":{"auth":")" +
                                         to_base64("hub:1:2") + R"("},
      "quay.io":{"auth":")" + to_base64("wide:w") +
                                         R"("},
      "quay.io/openeuler":{"auth":")" + to_base64("narrow:n") +
                                         R"("},
      "ghcr.io":{"identitytoken":"refresh"},
      "acr.example":{"auth":")" + to_base64("<token>:refresh2") +
                                         R"("},
      "empty.example":{}}})");
  AuthFiles files({folder / "absent.json", file}, nullptr);
  EXPECT_EQ(told(files.find("docker.io", "a/b")), "hub:1:2");
  EXPECT_EQ(told(files.find("quay.io", "openeuler/openeuler")), "narrow:n");
  EXPECT_EQ(told(files.find("quay.io", "other/openeuler")), "wide:w");
  EXPECT_EQ(told(files.find("ghcr.io", "")), "token:refresh");
  EXPECT_EQ(told(files.find("acr.example", "")), "token:refresh2");
  EXPECT_EQ(told(files.find("empty.example", "")), "none");
  EXPECT_EQ(told(files.find("absent.example", "")), "none");
}

TEST_F(CredentialsTest, OfAWrongAuthFileAreNotRepeated) {
  for (std::string text : {"", "[]", "{\"auths\"", R"({"auths":{"a.io":{"auth":"bWFya2Vk"}}})",
                           R"({"auths":{"a.io":{"auth":"*marked*"}}})"}) {
    auto parsed = AuthFile::parse(text, "auth.json");
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().kind(), ErrorKind::invalid);
    EXPECT_THAT(parsed.error().text(), Not(HasSubstr("arked")));
  }
  for (std::string text :
       {"{}", R"({"auths":[]})", R"({"auths":{"a":5},"credHelpers":{"a":1},"credsStore":2})"})
    EXPECT_TRUE(AuthFile::parse(text, "auth.json").has_value()) << text;
}

TEST_F(CredentialsTest, ComeFromTheHelperThatAnAuthFileNames) {
  fs::path file =
      write("config.json", R"({"auths":{"quay.io":{},"ghcr.io":{"auth":")" + to_base64("in:file") +
                               R"("}},"credHelpers":{"ecr.example":"ecr"},"credsStore":"desktop"})");
  std::vector<std::string> asked;
  bool works = true;
  AuthFiles files(
      {file},
      [&](const std::string& helper, const std::string& registry) -> Result<std::optional<Credential>> {
        asked.push_back(helper + " " + registry);
        if (!works) return not_found("no such helper");
        if (registry == "ghcr.io") return std::nullopt;
        return Credential{helper, Secret("s"), {}};
      });
  EXPECT_EQ(told(files.find("ecr.example", "")), "ecr:s");
  EXPECT_EQ(told(files.find("docker.io", "")), "desktop:s");
  EXPECT_EQ(told(files.find("ghcr.io", "")), "in:file");
  EXPECT_THAT(asked,
              ElementsAre("ecr ecr.example", "desktop https://index.docker.io/v1/", "desktop ghcr.io"));
  works = false;
  EXPECT_THAT(told(files.find("ecr.example", "")), HasSubstr("the login for ecr.example: no such helper"));
  EXPECT_THAT(told(files.find("quay.io", "")), HasSubstr("the login for quay.io: no such helper"));
  EXPECT_EQ(told(files.find("ghcr.io", "")), "in:file");
  EXPECT_EQ(told(files.find("other.example", "")), "none");
}

TEST_F(CredentialsTest, OfAHelperAreAskedForWithoutAShell) {
  auto helper = [&](const std::string& name, const std::string& script) {
    fs::path file = write("docker-credential-" + name, "#!/bin/sh\n" + script);
    chmod(file.c_str(), 0755);
  };
  helper("good",
         "read server; [ \"$1\" = get ] && echo \"{\\\"Username\\\":\\\"ann\\\",\\\"Secret\\\":\\\"for "
         "$server\\\"}\"");
  helper("token", "echo '{\"Username\":\"<token>\",\"Secret\":\"refresh\"}'");
  helper("none", "echo 'credentials not found in native keychain'; exit 1");
  helper("broken", "echo 'marked secret'; exit 3");
  helper("slow", "exec sleep 5");
  std::string path = std::getenv("PATH");
  setenv("PATH", (folder.string() + ":" + path).c_str(), 1);
  EXPECT_EQ(told(ask_credential_helper("good", "quay.io; touch x")), "ann:for quay.io; touch x");
  EXPECT_EQ(told(ask_credential_helper("token", "quay.io")), "token:refresh");
  EXPECT_EQ(told(ask_credential_helper("none", "quay.io")), "none");
  EXPECT_EQ(told(ask_credential_helper("broken", "quay.io")),
            "docker-credential-broken ended with status 3 when asked for quay.io");
  EXPECT_THAT(told(ask_credential_helper("slow", "quay.io", std::chrono::milliseconds(50))),
              HasSubstr("in time"));
  EXPECT_EQ(ask_credential_helper("absent", "quay.io").error().kind(), ErrorKind::not_found);
  EXPECT_EQ(ask_credential_helper("../good", "quay.io").error().kind(), ErrorKind::invalid);
  setenv("PATH", path.c_str(), 1);
}

TEST_F(CredentialsTest, AreLookedForInTheUsualPlaces) {
  variables = {{"HOME", "/home/ann"}, {"XDG_RUNTIME_DIR", "/run/user/1"}};
  EXPECT_THAT(AuthFiles::usual(environment),
              ElementsAre("/run/user/1/containers/auth.json", "/home/ann/.config/containers/auth.json",
                          "/home/ann/.docker/config.json"));
  variables["DOCKER_CONFIG"] = "/etc/docker-of-ci";
  variables["XDG_CONFIG_HOME"] = "/home/ann/config";
  EXPECT_EQ(AuthFiles::usual(environment)[1], "/home/ann/config/containers/auth.json");
  EXPECT_EQ(AuthFiles::usual(environment)[2], "/etc/docker-of-ci/config.json");
  variables["REGISTRY_AUTH_FILE"] = "/only.json";
  EXPECT_THAT(AuthFiles::usual(environment), ElementsAre("/only.json"));
}

TEST_F(CredentialsTest, AreRememberedByAChain) {
  class Counting : public CredentialSource {
   public:
    explicit Counting(int& asked) : asked_(asked) {}
    Result<std::optional<Credential>> find(const std::string& registry, const std::string&) override {
      ++asked_;
      if (registry == "quay.io") return Credential{"q", Secret("1"), {}};
      return std::nullopt;
    }
    int& asked_;
  };
  int first = 0, second = 0;
  CredentialChain chain;
  chain.add(std::make_unique<Counting>(first));
  chain.add(std::make_unique<Counting>(second));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(told(chain.find("quay.io", "a/b")), "q:1");
    EXPECT_EQ(told(chain.find("docker.io", "a/b")), "none");
  }
  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 1);
}

TEST_F(CredentialsTest, MayBeTheFirstLineOfStandardInput) {
  auto password = [](const std::string& text) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(ends[1]);
    auto read = read_password(ends[0]);
    close(ends[0]);
    return read.has_value() ? read->reveal() : read.error().text();
  };
  EXPECT_EQ(password("secret word\nmore"), "secret word");
  EXPECT_EQ(password("secret"), "secret");
  EXPECT_EQ(password("secret\r\n"), "secret");
  EXPECT_EQ(password(""), "there is no password on standard input");
}

}  // namespace
}  // namespace eulerpublisher::http
