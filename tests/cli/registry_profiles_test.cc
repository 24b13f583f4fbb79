// What the policy says of how a registry wants to be spoken to reaches the wire.

#include "cli/publishing.h"
#include "support/faulty_registry.h"

namespace eulerpublisher {
namespace {

using test::HttpServer;
using test::Ran;
using testing::Each;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class RegistryProfiles : public testing::Test {
 protected:
  RegistryProfiles() { site.put_both(); }

  Ran publish(test::FaultyRegistry& registry, const std::string& profiles) {
    test::write_text(machine / "policy.yaml", "registry-profiles:\n" + profiles);
    return machine.run({"container", "publish", "-v", test::sp1, "--policy",
                        (machine / "policy.yaml").string(), "--source", site.folder().string(), "-g",
                        registry.host().text()});
  }
  // The Content-Range of each piece, and of each closing PUT with bytes.
  static std::vector<std::string> pieces(test::FaultyRegistry& registry, const std::string& method) {
    std::vector<std::string> all;
    for (const HttpServer::Seen& seen : registry.server().seen())
      if (seen.method == method && seen.target.find("/uploads/") != seen.target.npos && seen.body_bytes > 0)
        all.push_back(seen.headers.get("Content-Range").value_or(""));
    return all;
  }

  test::Machine machine;
  test::ReleaseSite site;
};

TEST_F(RegistryProfiles, OfThePolicyAreUsedForTheHostsTheyName) {
  test::FaultyRegistry registry;
  expect_success(publish(registry,
                         "  127.0.0.1:\n    upload: pieces\n    smallest-piece: 64\n    largest-piece: 256\n"
                         "    content-range: with-unit\n    streaming: off\n"));
  EXPECT_THAT(pieces(registry, "PATCH"), Not(IsEmpty()));
  EXPECT_THAT(pieces(registry, "PATCH"), Each(StartsWith("bytes ")));
  for (const HttpServer::Seen& seen : registry.server().seen())
    EXPECT_TRUE(seen.method != "PATCH" || seen.body_bytes <= 256) << seen.body_bytes;
  EXPECT_THAT(pieces(registry, "PUT"), IsEmpty());
}

TEST_F(RegistryProfiles, OfThePolicyForOtherHostsChangeNothing) {
  test::FaultyRegistry registry;
  expect_success(
      publish(registry, "  127.0.0.1:1: {upload: pieces, smallest-piece: 64, largest-piece: 256}\n"));
  for (const std::string& range : pieces(registry, "PATCH")) EXPECT_EQ(range, "");
}

TEST_F(RegistryProfiles, AMistakeInOneIsStatus2AndSaysWhere) {
  test::FaultyRegistry registry;
  Ran ran = publish(registry, "  127.0.0.1: {largest-piece: big}\n");
  expect_failure(ran, 2, "policy.yaml:2:30: 'big' is not a size");
  EXPECT_THAT(registry.server().seen(), IsEmpty());
}

}  // namespace
}  // namespace eulerpublisher
