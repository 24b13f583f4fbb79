// The pages that reports are, in a browser.

#include "page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/browser.h"

namespace eulerpublisher {
namespace {

using page::Tone;
using test::Browser;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A page with everything a page can have, and with the longest words there are.
std::string full_page() {
  const std::string digest = "sha256:" + std::string(64, 'e');
  page::Table findings({{"check"}, {"severity"}, {"where"}, {"what was seen"}});
  findings.add_row(
      {{"left-behind"}, {"warning", Tone::warning}, {"linux/amd64"}, {"/var/cache/dnf", {}, true}});
  findings.add_row({{"blobs"}, {"blocker", Tone::bad}, {"linux/arm64"}, {digest + " is missing", {}, true}});
  findings.add_row({{"starts"}, {"passed", Tone::good}, {"中文"}, {"没有问题", Tone::quiet}});
  page::Table packages({{"package"}, {"version"}, {"bytes", true}});
  for (int i = 0; i < 150; ++i)
    packages.add_row({{fmt::format("package-{}", i)}, {"1.2.3-4.oe2403"}, {"12 345"}});
  page::Page page("Checks of hub.example/openeuler/openeuler:24.03-lts-sp1");
  page.verdict({"refused", Tone::bad}, "a blocker was found")
      .facts({{"digest", {digest, {}, true}}, {"tag", {"24.03-lts-sp1"}}})
      .heading("Findings")
      .paragraph("What was seen, and where.")
      .table(findings)
      .subheading("What programs said")
      .output("starts on linux/arm64", std::string(300, 'x') + "\nsecond line")
      .heading("Packages")
      .table(packages)
      .folded("The same again", packages);
  return page.html();
}

class PageInABrowser : public testing::Test {
 protected:
  void SetUp() override {
    if (!Browser::is_here()) GTEST_SKIP() << "SKIPPED: chromium is not installed";
    auto started = Browser::start();
    ASSERT_TRUE(started.has_value()) << started.error().text();
    browser = std::move(*started);
    test::write_text(folder / "page.html", full_page());
  }

  std::string value_of(const std::string& expression) {
    auto value = browser->evaluate(expression);
    return value ? *value : value.error().text();
  }

  test::TempFolder folder;
  std::unique_ptr<Browser> browser;
};

TEST_F(PageInABrowser, IsReadableOnAPhoneAndOnAWideScreenLightAndDark) {
  for (bool dark : {false, true})
    for (int width : {360, 400, 720, 1400, 1920}) {
      Done opened = browser->open(folder / "page.html", {.width = width, .dark = dark});
      ASSERT_TRUE(opened.has_value()) << opened.error().text();
      EXPECT_THAT(*browser->complaints(), IsEmpty());
      EXPECT_THAT(*hard_to_read(*browser), IsEmpty()) << width << (dark ? " dark" : " light");
      auto tables = *tables_in(*browser);
      ASSERT_EQ(tables.size(), 3u);
      EXPECT_EQ(tables[0].rows, 3u);
      EXPECT_EQ(tables[1].rows, 150u);
      if (const char* pictures = getenv("EP_SCREENSHOTS")) {
        ASSERT_TRUE(browser->screenshot(fmt::format("{}/page-{}-{}.png", pictures, width, dark)).has_value());
      }
    }
}

TEST_F(PageInABrowser, FiltersALongTableByWhatIsTyped) {
  ASSERT_TRUE(browser->open(folder / "page.html", {.width = 400}).has_value());
  EXPECT_EQ(value_of("document.querySelectorAll('input.filter').length"), "2");
  value_of(
      "(() => { const box = document.querySelector('input.filter'); box.value = 'package-14 oe2403'; "
      "box.dispatchEvent(new Event('input')); })()");
  EXPECT_EQ(
      value_of("[...document.querySelectorAll('#part-2 tbody tr')].filter((r) => r.offsetHeight > 0).length"),
      "11");
}

TEST_F(PageInABrowser, RunsNothingThatAnImageHasWrittenIntoIt) {
  page::Page page("</title><script>document.title='run'</script>");
  page.paragraph("<img src=x onerror=\"document.title='run'\">")
      .output("a", "</pre><script>document.title='run'</script>");
  test::write_text(folder / "evil.html", page.html());
  ASSERT_TRUE(browser->open(folder / "evil.html", {}).has_value());
  EXPECT_THAT(value_of("document.title"), HasSubstr("script"));
  EXPECT_EQ(value_of("document.querySelectorAll('img').length"), "0");
  EXPECT_THAT(*browser->complaints(), IsEmpty());
}

// The looks themselves see what they are there for.
TEST_F(PageInABrowser, ATestSeesWhatIsWrongWithAPage) {
  test::write_text(folder / "bad.html",
                   "<p style='width: 2000px'>wide</p><p style='font-size: 8px'>tiny</p>"
                   "<p style='color: #aaa'>pale</p><script>nonsense()</script>");
  ASSERT_TRUE(browser->open(folder / "bad.html", {.width = 400}).has_value());
  EXPECT_THAT(*browser->complaints(), ElementsAre(HasSubstr("nonsense")));
  EXPECT_THAT(*hard_to_read(*browser),
              ElementsAre(HasSubstr("pixels wide"), HasSubstr("tiny"), HasSubstr("pale")));
}

}  // namespace
}  // namespace eulerpublisher
