// `container status --html`: the page that it writes, in a browser.

#include <set>

#include "cli/publishing.h"
#include "http/curl_client.h"
#include "registry/remote_repository.h"
#include "support/browser.h"

namespace eulerpublisher {
namespace {

using test::Browser;
using test::Ran;
using testing::HasSubstr;
using testing::IsEmpty;

class StatusPage : public Publishing {
 protected:
  void SetUp() override {
    Publishing::SetUp();
    if (IsSkipped()) return;
    if (!Browser::is_here()) GTEST_SKIP() << "SKIPPED: chromium is not installed";
    test::write_text(machine / "policy.yaml",
                     "versions: {24.03-LTS: [], 24.03-LTS-SP1: [latest], 24.09: []}\n"
                     "architectures: [amd64, arm64]\n");
  }
  Words with_policy(Words more = {}) const {
    more.insert(more.end(), {"--policy", (machine / "policy.yaml").string()});
    return more;
  }
  // The own tag of 24.03-LTS there names what that of 24.03-LTS-SP1 names.
  void mistag(const test::RegistryServer& server) {
    http::CurlClient client;
    RemoteRepository repository(std::make_shared<Registry>(client, server.host()),
                                *RepositoryName::parse("openeuler/openeuler"));
    RawManifest raw = repository.manifest(*test::tagged_in(server, own_tag), {}).value();
    ASSERT_TRUE(repository.tag(*Tag::parse("24.03-lts"), raw, {}).has_value());
  }
  // The text of a row's cells in a table, both from 1.
  std::string row(Browser& browser, int table, const std::string& tag) {
    auto text = browser.evaluate(fmt::format(
        "[...[...document.querySelectorAll('table')[{}].querySelectorAll('tbody tr')].find((r) => "
        "r.cells[0].textContent === '{}').cells].map((c) => c.textContent).join(' | ')",
        table - 1, tag));
    return text ? *text : text.error().text();
  }
};

TEST_F(StatusPage, ShowsEveryTagInEveryRegistry) {
  auto& first = start_registry();
  auto& second = start_registry();
  site.put_both(test::sp1, "docker_img", "2024-12-30T08:00:00Z");
  expect_success(publish({first.address(), second.address()}, with_policy()));
  site.put_both(test::sp1, "docker_img/update/2025-06-10", "2025-06-10T08:00:00Z");
  expect_success(publish({first.address()}, with_policy({"-i", "docker_img/update/2025-06-10"})));
  mistag(second);

  std::string file = (machine / "status.html").string();
  Ran ran = machine.run({"container", "status", "-g", first.address(), "-g", second.address(), "--html", file,
                         "--policy", (machine / "policy.yaml").string()});
  expect_success(ran);
  auto browser = Browser::start();
  ASSERT_TRUE(browser.has_value()) << browser.error().text();
  std::set<std::string> backgrounds;
  for (bool dark : {false, true}) {
    ASSERT_TRUE((*browser)->open(file, {.dark = dark}).has_value());
    backgrounds.insert(*(*browser)->evaluate("getComputedStyle(document.body).backgroundColor"));
    for (int width : {360, 480, 768, 1024, 1366, 1920}) {
      ASSERT_TRUE((*browser)->resize({.width = width, .dark = dark}).has_value());
      EXPECT_EQ(*(*browser)->evaluate("window.innerWidth"), std::to_string(width));
      EXPECT_THAT(*(*browser)->complaints(), IsEmpty());
      EXPECT_THAT(*test::hard_to_read(**browser), IsEmpty()) << width << (dark ? " dark" : " light");
    }
  }
  EXPECT_EQ(backgrounds.size(), 2u) << "dark is another page than light";
  auto tables = *test::tables_in(**browser);
  ASSERT_EQ(tables.size(), 3u) << "all, and one for each registry";
  for (const test::ShownTable& table : tables) EXPECT_EQ(table.rows, 4u);
  EXPECT_THAT(row(**browser, 1, own_tag), HasSubstr("published 2025-06-10 | behind 2024-12-30"));
  EXPECT_THAT(row(**browser, 1, "latest"), HasSubstr("published 2025-06-10 | behind 2024-12-30"));
  EXPECT_THAT(row(**browser, 1, "24.03-lts"), HasSubstr("absent | different 2024-12-30"));
  EXPECT_THAT(row(**browser, 1, "24.09"), HasSubstr("absent | absent"));
  std::string own = row(**browser, 2, own_tag);
  EXPECT_THAT(own,
              HasSubstr(test::tagged_in(first, own_tag)->text() + " | 2025-06-10 | amd64, arm64 | agreed"));
  EXPECT_THAT(row(**browser, 3, own_tag), HasSubstr("is older than at " + first.address()));
}

TEST_F(StatusPage, HeldAgainstTheReleaseRepositoryWhatIsOldEverywhereIsBehind) {
  site.put_both(test::sp1, "docker_img", "2024-12-30T08:00:00Z");
  expect_success(publish({oci()}, with_policy()));
  Words status{"container", "status",   "-g",       oci(),
               "--source",  site.url(), "--policy", (machine / "policy.yaml").string()};
  Ran before = machine.run(status);
  site.put_both(test::sp1, "docker_img/update/2025-06-10", "2025-06-10T08:00:00Z");
  Ran without = machine.run(status);
  EXPECT_EQ(without.err, before.err);
  status.insert(status.end(), {"--newest", "--html", (machine / "status.html").string()});
  Ran with = machine.run(status);
  expect_success(with);
  EXPECT_THAT(with.err, HasSubstr("the release repository has docker_img/update/2025-06-10"));
  EXPECT_THAT(test::read_text(machine / "status.html"), HasSubstr("the release repository has"));
}

TEST_F(StatusPage, SaysWhyARegistryCouldNotBeLookedAt) {
  std::string file = (machine / "status.html").string();
  Ran ran = machine.run({"container", "status", "-g", "127.0.0.1:1", "-g", oci(), "--retries", "0", "--html",
                         file, "--policy", (machine / "policy.yaml").string()});
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  std::string page = test::read_text(file);
  EXPECT_THAT(page, HasSubstr("could not look"));
  EXPECT_THAT(page, HasSubstr("It could not be looked at: "));
}

TEST_F(StatusPage, AFileThatCannotBeWrittenIsOneSentence) {
  expect_failure(machine.run({"container", "status", "-g", oci(), "--html", "/nowhere/status.html",
                              "--policy", (machine / "policy.yaml").string()}),
                 1, "--html: ");
}

}  // namespace
}  // namespace eulerpublisher
