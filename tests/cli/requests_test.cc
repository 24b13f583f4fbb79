// How many requests it takes to find that there is nothing to do, counted by the servers.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

using test::Ran;

class Requests : public Publishing {
 protected:
  // What the site and the registries were asked while `run` ran.
  struct Asked {
    size_t site = 0;
    std::vector<size_t> registries;
  };

  template <class Run>
  Asked asked_by(const std::vector<test::RegistryServer*>& registries, Run run) {
    auto requests = [](const test::RegistryServer& registry) {
      return test::count_lines(registry.log(), " HTTP/1.1\"");
    };
    Asked before{site.asked(" HTTP/1.1 "), {}};
    for (auto* registry : registries) before.registries.push_back(requests(*registry));
    run();
    Asked asked{site.asked(" HTTP/1.1 ") - before.site, {}};
    for (size_t i = 0; i < registries.size(); ++i)
      asked.registries.push_back(requests(*registries[i]) - before.registries[i]);
    return asked;
  }

  // A policy that gives the version three tags.
  Words three_tags() {
    test::write_text(machine / "policy.yaml", "versions:\n  24.03-LTS-SP1: [24.03, latest]\n");
    return {"--policy", (machine / "policy.yaml").string(), "--json"};
  }
};

TEST_F(Requests, AreAtMostThreeForEachTagAndTwoForEachArchitectureWhenNothingHasChanged) {
  site.put_both();
  auto &a = start_registry(), &b = start_registry();
  expect_success(publish({a.address(), b.address()}, three_tags()));
  ASSERT_EQ(test::tags_in(a).size(), 3u);
  test::Machine other;
  for (const test::Machine* here : std::initializer_list<const test::Machine*>{&machine, &other}) {
    Ran again;
    Asked asked = asked_by({&a, &b}, [&] {
      again = here->run(words("publish", {a.address(), b.address()}, three_tags()));
    });
    expect_success(again);
    EXPECT_EQ(json_of(again)["result"], "nothing to do");
    for (size_t requests : asked.registries) EXPECT_LE(requests, 3u * 3) << a.log();
    EXPECT_LE(asked.site, 2u * 2) << site.log();
    EXPECT_GT(asked.site, 0u);
  }
  EXPECT_EQ(site.archives_asked(), 2u);
}

}  // namespace
}  // namespace eulerpublisher
