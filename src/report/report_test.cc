#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/image_report.h"

namespace eulerpublisher {
namespace {

using testing::HasSubstr;
using testing::Not;

const Platform amd64 = *Platform::parse("amd64"), arm64 = *Platform::parse("arm64");

ImageReport report_of(std::vector<CheckResult> results) {
  return {"hub.example/openeuler/openeuler", "24.03", digest_of("x"), {amd64, arm64}, std::move(results), {}};
}

CheckResult result_of(Outcome outcome, Severity severity = Severity::blocker) {
  return {"blobs", "because", severity, outcome, {}, {}};
}

TEST(Junit, HasACaseForEachCheckAndPlatform) {
  CheckResult result = result_of(Outcome::found);
  result.findings = {{"linux/arm64", "<layer> is missing", "line 1\nline 2"}};
  std::string xml = print_junit({report_of({result})});
  EXPECT_THAT(
      xml, HasSubstr("<testsuite name=\"hub.example/openeuler/openeuler:24.03\" tests=\"2\" failures=\"1\" "
                     "errors=\"0\" skipped=\"0\">"));
  EXPECT_THAT(xml, HasSubstr("name=\"blobs [linux/amd64]\"></testcase>"));
  EXPECT_THAT(
      xml,
      HasSubstr(
          "name=\"blobs [linux/arm64]\"><failure type=\"blocker\" message=\"&lt;layer&gt; is missing\">"));
  EXPECT_THAT(xml, HasSubstr("line 1\nline 2"));
}

TEST(Junit, TellsFourOutcomesApart) {
  CheckResult could_not = result_of(Outcome::could_not_look), skipped = result_of(Outcome::not_run),
              note = result_of(Outcome::found, Severity::note),
              elsewhere = result_of(Outcome::found, Severity::warning);
  could_not.note = "the registry is down";
  skipped.note = "there is \"no\" shell";
  note.findings = {{"", "no rpm", {}}};
  elsewhere.findings = {{"latest", "names another image", {}}};
  std::string xml = print_junit({report_of({could_not, skipped, note, elsewhere})});
  EXPECT_THAT(xml, HasSubstr("<error type=\"could not look\" message=\"the registry is down\"/>"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"there is &quot;no&quot; shell\"/>"));
  EXPECT_THAT(xml, HasSubstr("<system-out>no rpm\n</system-out>"));
  EXPECT_THAT(xml, HasSubstr("<failure type=\"warning\" message=\"names another image\">"));
  EXPECT_THAT(xml, HasSubstr("tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\""));
}

TEST(Junit, SaysWhereATrialRanAndWhereNot) {
  CheckResult result = result_of(Outcome::not_run);
  result.platforms = {{amd64, Outcome::passed, ""}, {arm64, Outcome::not_run, "no interpreter"}};
  std::string xml = print_junit({report_of({result})});
  EXPECT_THAT(xml, HasSubstr("name=\"blobs [linux/amd64]\"></testcase>"));
  EXPECT_THAT(xml, HasSubstr("name=\"blobs [linux/arm64]\"><skipped message=\"no interpreter\"/>"));
}

TEST(Junit, IsXmlWhateverAnImageHolds) {
  CheckResult result = result_of(Outcome::found);
  result.findings = {{"", std::string("\0\x1b]]>\xff<!--", 10), "]]>"}};
  std::string xml = print_junit({report_of({result})});
  EXPECT_THAT(xml, Not(HasSubstr("\x1b")));
  EXPECT_THAT(xml, Not(HasSubstr("]]>")));
  EXPECT_THAT(xml, Not(HasSubstr("<!--")));
}

TEST(HtmlReport, SaysTheVerdictAndEveryFinding) {
  CheckResult result = result_of(Outcome::found);
  result.findings = {{"linux/arm64", "is missing", "what it said"}};
  std::string html = print_html({report_of({result, result_of(Outcome::passed)})});
  EXPECT_THAT(html, HasSubstr("<span class=\"word bad\">refused</span>"));
  EXPECT_THAT(html, HasSubstr("is missing"));
  EXPECT_THAT(html, HasSubstr("what it said"));
  EXPECT_THAT(print_html({report_of({result_of(Outcome::passed)})}),
              HasSubstr("<span class=\"word good\">passed</span>"));
}

TEST(HtmlReport, ListsThePackagesOfEachPlatformWithoutKeys) {
  ImageReport report = report_of({result_of(Outcome::passed)});
  Package bash, key;
  bash.name = "bash", bash.version = "5.2.15", bash.release = "9.oe2403", bash.architecture = "aarch64";
  key.name = "gpg-pubkey", key.version = "b25e7f66";
  report.packages = {{arm64, {bash, key}}};
  std::string html = print_html({report});
  EXPECT_THAT(html, HasSubstr("Packages of linux/arm64"));
  EXPECT_THAT(html, HasSubstr("5.2.15-9.oe2403"));
  EXPECT_THAT(html, Not(HasSubstr("b25e7f66")));
  EXPECT_THAT(print_html({report_of({result_of(Outcome::passed)})}), Not(HasSubstr("Packages of")));
}

TEST(HtmlReport, ShowsWhatBecameDifferentSinceTheImageBefore) {
  ImageReport report = report_of({result_of(Outcome::passed)});
  report.not_compared = "it is not known what 24.03 named before";
  EXPECT_THAT(print_html({report}), HasSubstr("Not compared: it is not known what 24.03 named before."));
  PlatformComparison arm;
  arm.platform = arm64;
  arm.layer_bytes = {100, 150};
  arm.packages_known = true;
  arm.package_changes = {{"vim", "aarch64", "9-1", ""}, {"<b>", "aarch64", "", "5-1"}};
  arm.configuration = {{"Env PATH", "/bin", ""}};
  arm.folders = {{"usr/lib64", {10, 2048}}};
  arm.file_changes = {{"opt/new", FileChange::Kind::added, ""}};
  report.comparison = Comparison{digest_of("old"), digest_of("x"), {amd64}, {}, {arm}};
  std::string html = print_html({report});
  for (const char* words :
       {"+50.0%", ">linux/amd64<", "&lt;b&gt;", "removed", "added", "Env PATH", "not there", "/usr/lib64",
        "2.0 KiB", "/opt/new", "Files that changed on linux/arm64: 1"})
    EXPECT_THAT(html, HasSubstr(words)) << words;
  report.comparison->after = report.comparison->before;
  EXPECT_THAT(print_html({report}), HasSubstr("It is the same image."));
}

}  // namespace
}  // namespace eulerpublisher
