#include "policy/check_section.h"

#include <gtest/gtest.h>

#include "policy/policy.h"

namespace eulerpublisher {
namespace {

CheckRules rules_of(std::string_view yaml) {
  auto policy = Policy::parse(yaml, "p");
  EXPECT_TRUE(policy.has_value()) << policy.error().text();
  return policy ? policy->checks() : CheckRules::built_in();
}

std::string complaint(std::string_view yaml) {
  auto policy = Policy::parse(yaml, "p");
  return policy ? "it was accepted" : policy.error().text();
}

TEST(CheckSection, DecidesAboutSeverity) {
  CheckRules rules = rules_of("checks:\n  secrets: {severity: note}\n");
  EXPECT_EQ(rules.of("secrets").severity, Severity::note);
  EXPECT_EQ(rules.of("tags").severity, std::nullopt);
  EXPECT_EQ(rules.of("privileges"), CheckRules::built_in().of("privileges"));
}

TEST(CheckSection, PutsAListInThePlaceOfTheBuiltInOne) {
  EXPECT_TRUE(CheckRules::built_in().allows("privileges", "/usr/bin/su"));
  EXPECT_FALSE(CheckRules::built_in().allows("privileges", "/usr/bin/vi"));
  CheckRules rules = rules_of("checks: {privileges: {allowed: [/usr/bin/vi, '/opt/*']}}");
  EXPECT_TRUE(rules.allows("privileges", "/usr/bin/vi"));
  EXPECT_TRUE(rules.allows("privileges", "/opt/x/y"));
  EXPECT_FALSE(rules.allows("privileges", "/usr/bin/su"));
  EXPECT_TRUE(rules_of("checks: {privileges: {allowed: []}}").of("privileges").allowed.empty());
}

TEST(CheckSection, ReadsWhetherSomethingHasToBeThere) {
  EXPECT_EQ(rules_of("checks: {ca-bundle: {required: on}}").of("ca-bundle").required, true);
}

TEST(CheckSection, RefusesWhatIsNone) {
  EXPECT_EQ(complaint("checks: [a]"),
            "p:1:9: a map of checks is expected here, as in `size-growth: {severity: note}`");
  EXPECT_EQ(complaint("checks: {secret: {severity: note}}"),
            "p:1:10: unknown key 'secret'; did you mean 'secrets'?");
  EXPECT_EQ(complaint("checks: {secrets: note}"),
            "p:1:19: what is decided about secrets is expected here, as in `severity: note`");
  EXPECT_EQ(complaint("checks: {secrets: {severity: bad}}"),
            "p:1:30: blocker, warning or note is expected here");
  EXPECT_EQ(complaint("checks: {secrets: {limit: 5%}}"),
            "p:1:20: unknown key 'limit'; known here are severity, allowed");
  EXPECT_EQ(complaint("checks: {secrets: {allowed: {a: b}}}"), "p:1:29: a list is expected here");
  EXPECT_EQ(complaint("checks: {ca-bundle: {required: 7}}"), "p:1:32: on or off is expected here");
}

}  // namespace
}  // namespace eulerpublisher
