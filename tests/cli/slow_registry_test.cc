// A registry that takes nothing for a while holds up nobody but itself.

#include <unistd.h>

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

class SlowRegistry : public Publishing {
 protected:
  // Bytes that no compression makes fewer.
  static std::string noise() {
    std::string bytes(300'000, '\0');
    uint64_t state = 1;
    for (char& byte : bytes) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      byte = static_cast<char>(state >> 56);
    }
    return bytes;
  }

  // Two manifests and the index: a release, staged.
  static bool holds_all(const test::RegistryServer& registry) {
    std::error_code absent;
    size_t manifests = 0;
    fs::path revisions = registry.storage() /
                         "docker/registry/v2/repositories/openeuler/openeuler/_manifests/revisions/sha256";
    for (const auto& revision : fs::directory_iterator(revisions, absent))
      manifests += fs::exists(revision.path() / "link") ? 1 : 0;
    return manifests == 3;
  }

  template <class Condition>
  static bool wait_until(Condition condition) {
    for (int waited = 0; waited < 3000; ++waited) {
      if (condition()) return true;
      ::usleep(10'000);
    }
    return false;
  }
};

TEST_F(SlowRegistry, GetsItsLayersLaterAndTheOthersAreStagedMeanwhile) {
  for (const char* architecture : {"amd64", "arm64"}) {
    test::ArchiveRecipe recipe = test::small_archive(test::platform_of(architecture));
    recipe.layers[0].push_back({.path = "./usr/share/noise", .content = noise()});
    site.put(architecture, test::make_archive(recipe));
  }
  // Slowly, so that the uploads begin long before the layers end.
  ASSERT_TRUE(site.serve("location ~ xz$ { limit_rate 150k; }").has_value());
  auto &a = start_registry(), &b = start_registry(), &slow = start_registry();
  auto running =
      test::Process::start(machine.command(words("publish", {a.address(), b.address(), slow.address()})));
  ASSERT_TRUE(running.has_value());
  // The first is only asked to see whether we may push.
  ASSERT_TRUE(wait_until([&] { return test::count_lines(slow.log(), "\"POST /v2/") > 1; }))
      << test::read_text(machine.log());
  slow.pause();
  EXPECT_TRUE(wait_until([&] { return holds_all(a) && holds_all(b); })) << test::read_text(machine.log());
  EXPECT_FALSE(holds_all(slow));
  EXPECT_TRUE(running->running()) << test::read_text(machine.log());
  EXPECT_THAT(test::tags_in(a), IsEmpty()) << "a tag has moved before all have the image";
  slow.resume();
  EXPECT_EQ(running->wait(), 0) << test::read_text(machine.log());
  for (auto* registry : {&a, &b, &slow})
    EXPECT_EQ(test::tagged_in(*registry, own_tag), test::tagged_in(a, own_tag));
  EXPECT_TRUE(test::tagged_in(slow, own_tag).has_value());
}

}  // namespace
}  // namespace eulerpublisher
