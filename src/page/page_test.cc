#include "page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "page/html.h"

namespace eulerpublisher::page {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Escape, LeavesNothingThatABrowserUnderstands) {
  EXPECT_EQ(escape("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
  EXPECT_EQ(escape("中文 ok\ttab\nline"), "中文 ok\ttab\nline");
}

TEST(Escape, ShowsBrokenAndMisleadingBytesAsSuch) {
  const std::string unknown = "\xef\xbf\xbd";
  EXPECT_EQ(escape("a\xff"
                   "b"),
            "a" + unknown + "b");
  EXPECT_EQ(escape(std::string_view("\0\x1b[31m", 6)), unknown + unknown + "[31m");
  EXPECT_EQ(escape("\xe2\x80\xae"
                   "exe.txt"),
            unknown + "exe.txt");
  EXPECT_EQ(escape("\xc2\x9b"), unknown);
}

TEST(Table, GivesEveryRowTheColumnsOfItsTitles) {
  Table table({{"name"}, {"size", true}});
  table.add_row({{"bash"}, {"12"}, {"beyond"}});
  table.add_row({{"<sh>", Tone::bad, true}});
  std::string html = table.html("one");
  EXPECT_THAT(html,
              HasSubstr("<th scope=\"row\">bash</th><td class=\"number\" data-title=\"size\">12</td></tr>"));
  EXPECT_THAT(html, HasSubstr("<span class=\"bad\"><code>&lt;sh&gt;</code></span>"));
  EXPECT_THAT(html, Not(HasSubstr("beyond")));
}

TEST(Page, TakesAllTextAsText) {
  const std::string evil = "</script><img src=x onerror=alert(1)>";
  Table table({{evil}, {"b"}});
  table.add_row({{evil}, {evil}});
  Page page(evil);
  page.verdict({evil, Tone::bad}, evil).heading(evil).subheading(evil).paragraph(evil);
  page.facts({{evil, {evil}}}).table(table).output(evil, evil).folded(evil, table);
  EXPECT_THAT(page.html(), Not(HasSubstr("<img")));
}

TEST(Page, SaysThatATableIsEmpty) { EXPECT_THAT(Page("x").table(Table({{"a"}})).html(), HasSubstr("None.")); }

}  // namespace
}  // namespace eulerpublisher::page
