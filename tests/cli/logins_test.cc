// Registries that want to know who is there; and that a password is seen nowhere.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::Ran;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string password = "correct-horse-battery";
// As it travels: base64 of `publisher:correct-horse-battery`.
const std::string encoded = "cHVibGlzaGVyOmNvcnJlY3QtaG9yc2UtYmF0dGVyeQ==";

class Logins : public Publishing {
 protected:
  void SetUp() override {
    if (!test::have_program("htpasswd")) GTEST_SKIP() << "SKIPPED: htpasswd is not installed";
    Publishing::SetUp();
    site.put_both();
  }

  test::RegistryServer& start_locked() { return start_registry({.basic = {{"publisher", password}}}); }

  Ran publish_as(const std::string& user, const std::string& with, const Words& targets,
                 const Words& more = {}) {
    return machine.run(words("publish", targets, more), {{"LOGIN_USERNAME", user}, {"LOGIN_PASSWORD", with}});
  }

  void expect_no_secret(const Ran& ran) {
    EXPECT_THAT(ran.out + ran.err, Not(HasSubstr(password)));
    EXPECT_THAT(ran.out + ran.err, Not(HasSubstr(encoded)));
    for (const auto& folder : {machine.state(), machine.store()})
      for (const auto& file : fs::recursive_directory_iterator(folder))
        if (file.is_regular_file()) {
          EXPECT_THAT(test::read_text(file.path()), Not(HasSubstr(password))) << file.path();
        }
  }
};

TEST_F(Logins, NamesAndPasswordsOfTheEnvironmentAreUsed) {
  auto& registry = start_locked();
  Ran ran = publish_as("publisher", password, {registry.address()}, {"--verbose", "--json"});
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  EXPECT_TRUE(test::tagged_in(registry, own_tag).has_value());
  expect_no_secret(ran);
}

TEST_F(Logins, AWrongPasswordIsOneMessageBeforeAnythingIsFetched) {
  auto& registry = start_locked();
  Ran ran = publish_as("publisher", "wrong-" + password, {registry.address()}, {"--verbose"});
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  ASSERT_EQ(test::error_lines(ran).size(), 1u) << test::told(ran);
  EXPECT_THAT(test::error_lines(ran)[0], HasSubstr(registry.address()));
  EXPECT_THAT(test::error_lines(ran)[0], HasSubstr("login"));
  EXPECT_EQ(site.archives_asked(), 0u);
  EXPECT_EQ(test::count_lines(registry.log(), "auth.user.name"), 0u);
  expect_no_secret(ran);
}

TEST_F(Logins, NoLoginWhereOneIsWantedSaysHowToGiveOne) {
  auto& registry = start_locked();
  Ran ran = publish({registry.address()});
  expect_failure(ran, 1, registry.address());
  EXPECT_THAT(test::error_lines(ran)[0], HasSubstr("log in to " + registry.address()));
  EXPECT_EQ(site.archives_asked(), 0u);
}

TEST_F(Logins, EveryRegistryThatRefusesIsNamedInOneMessage) {
  auto &first = start_locked(), &second = start_locked();
  Ran ran = publish({first.address(), second.address()});
  expect_failure(ran, 1, first.address());
  EXPECT_THAT(test::error_lines(ran)[0], HasSubstr(second.address()));
}

TEST_F(Logins, TheFileOfPodmanLoginIsRead) {
  auto& registry = start_locked();
  test::write_text(machine / "home/auth.json",
                   "{\"auths\":{\"" + registry.address() + "\":{\"auth\":\"" + encoded + "\"}}}");
  Ran ran = publish({registry.address()});
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  expect_no_secret(ran);
}

TEST_F(Logins, TheFileOfDockerLoginIsRead) {
  auto& registry = start_locked();
  test::write_text(machine / "docker/config.json",
                   "{\"auths\":{\"" + registry.address() + "\":{\"auth\":\"" + encoded + "\"}}}");
  Ran ran = machine.run(words("publish", {registry.address()}), {{"REGISTRY_AUTH_FILE", std::nullopt}});
  EXPECT_EQ(ran.status, 0) << test::told(ran);
}

TEST_F(Logins, AFileOfRegistriesNamesTheVariablesOfEach) {
  auto &first = start_locked(), &second = start_locked();
  test::write_text(machine / "registries.yaml", first.address() + ": [A_USER, A_PASSWORD]\n" +
                                                    second.address() + ": [B_USER, B_PASSWORD, " +
                                                    second.address() + "/another/name]\n");
  Ran ran = machine.run(
      words("publish", {}, {"-m", (machine / "registries.yaml").string()}),
      {{"A_USER", "publisher"}, {"A_PASSWORD", password}, {"B_USER", "publisher"}, {"B_PASSWORD", password}});
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  EXPECT_TRUE(test::tagged_in(first, own_tag).has_value());
  EXPECT_TRUE(test::tagged_in(second, own_tag, "another/name").has_value());
  expect_no_secret(ran);
}

TEST_F(Logins, APasswordIsReadFromStandardInput) {
  auto& registry = start_locked();
  Ran ran = machine.run(words("publish", {registry.address()}, {"--password-stdin"}),
                        {{"LOGIN_USERNAME", "publisher"}}, password + "\n");
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  expect_no_secret(ran);
}

TEST_F(Logins, ARegistryThatWantsNoneGetsNone) {
  auto& open = start_registry();
  Ran ran = publish_as("publisher", password, {open.address()});
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  expect_no_secret(ran);
}

TEST_F(Logins, NobodyAsksWithoutTlsUnlessTheHostIsLoopbackOrNamed) {
  // Plain HTTP would be spoken to an address that is not loopback only when it is named.
  Ran ran = machine.run(words("publish", {"registry.invalid:5000"}, {"--retries", "0"}));
  expect_failure(ran, 1, "https://registry.invalid:5000");
  Ran plain = machine.run(words("publish", {"registry.invalid:5000"},
                                {"--retries", "0", "--plain-http", "registry.invalid:5000"}));
  expect_failure(plain, 1, "http://registry.invalid:5000");
}

}  // namespace
}  // namespace eulerpublisher
