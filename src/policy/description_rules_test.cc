#include "policy/description_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/policy.h"

namespace eulerpublisher {
namespace {

using testing::HasSubstr;

TEST(DescriptionRules, NameTheApiAndWhereItIs) {
  auto policy = Policy::parse(
      "descriptions:\n  hub.example: harbor\n  127.0.0.1:5000: {api: docker-hub, url: "
      "'http://127.0.0.1:8/'}\n",
      "p");
  ASSERT_TRUE(policy.has_value()) << policy.error().text();
  EXPECT_EQ(policy->descriptions().at("hub.example"), (DescriptionRule{DescriptionRule::Api::harbor, ""}));
  EXPECT_EQ(policy->descriptions().at("127.0.0.1:5000"),
            (DescriptionRule{DescriptionRule::Api::docker_hub, "http://127.0.0.1:8"}));
}

TEST(DescriptionRules, TellWhatIsWrongAndWhere) {
  auto complaint = [](const std::string& yaml) { return Policy::parse(yaml, "p").error().text(); };
  EXPECT_THAT(complaint("descriptions: harbor"), HasSubstr("p:1:15: a map of registries"));
  EXPECT_THAT(complaint("descriptions: {a b: harbor}"), HasSubstr("'a b' is no registry"));
  EXPECT_THAT(complaint("descriptions: {a.example: dockerhub}"), HasSubstr("none of docker-hub"));
  EXPECT_THAT(complaint("descriptions: {a.example: {url: 'https://a'}}"), HasSubstr("the API is missing"));
  EXPECT_THAT(complaint("descriptions: {a.example: {api: quay, uri: x}}"), HasSubstr("uri"));
  EXPECT_THAT(complaint("descriptions: {a.example: {api: quay, url: 'https://u:p@a'}}"),
              HasSubstr("not the address of an API"));
}

}  // namespace
}  // namespace eulerpublisher
