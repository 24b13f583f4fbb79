// The same archives give the same index digest: whatever the machine, the day, the folder, the name by which
// they were asked for.

#include "base/sanitizers.h"
#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

using test::Machine;
using test::Ran;

class Determinism : public Publishing {
 protected:
  std::string digest_on(const Machine& machine, const test::Environment& more = {},
                        const Words& how = {"--source"}) {
    Words words{"container", "prepare", "-v", test::sp1, "--json"};
    words.insert(words.end(), how.begin(), how.end());
    if (how.back() == "--source") words.push_back(site.url());
    Ran ran = machine.run(words, more);
    EXPECT_EQ(ran.status, 0) << test::told(ran);
    return json_of(ran).value("digest", "");
  }
};

TEST_F(Determinism, AnotherMachineAndStoreGiveTheSameDigest) {
  site.put_both();
  Machine other;
  std::string digest = digest_on(machine);
  EXPECT_FALSE(digest.empty());
  EXPECT_EQ(digest_on(other), digest);
}

TEST_F(Determinism, AnotherTimeZoneLanguageAndUserMaskGiveTheSameDigest) {
  site.put_both();
  Machine abroad, strict;
  std::string digest = digest_on(machine);
  EXPECT_EQ(
      digest_on(abroad, {{"TZ", "Pacific/Kiritimati"}, {"LC_ALL", "C.UTF-8"}, {"SOURCE_DATE_EPOCH", "1"}}),
      digest);
  mode_t before = umask(077);
  std::string masked = digest_on(strict);
  umask(before);
  EXPECT_EQ(masked, digest);
}

TEST_F(Determinism, AnotherSourceGivesTheSameDigest) {
  site.put_both();
  Machine other;
  EXPECT_EQ(digest_on(other, {}, {"--source", site.folder().string()}), digest_on(machine));
}

TEST_F(Determinism, AnotherDayGivesTheSameDigest) {
  if (!test::have_program("faketime")) GTEST_SKIP() << "SKIPPED: faketime is not installed";
  if (sanitized) GTEST_SKIP() << "SKIPPED: a sanitizer asks for the time before faketime can answer";
  site.put_both();
  Machine other;
  test::Command later =
      other.command({"container", "prepare", "-v", test::sp1, "--json", "--source", site.url()});
  later.argv.insert(later.argv.begin(), {"faketime", "2031-02-03 04:05:06"});
  Ran ran = test::run(later);
  ASSERT_EQ(ran.status, 0) << test::told(ran);
  EXPECT_EQ(json_of(ran)["digest"], digest_on(machine));
}

TEST_F(Determinism, FilesThatWereTouchedGiveTheSameDigest) {
  site.put_both();
  std::string digest = digest_on(machine);
  auto later = std::filesystem::file_time_type::clock::now() + std::chrono::hours(1000);
  for (const char* architecture : {"amd64", "arm64"})
    std::filesystem::last_write_time(site.archive(architecture), later);
  Machine other;
  EXPECT_EQ(digest_on(other), digest);
}

TEST_F(Determinism, TheCurrentUpdateIsTheDatedOne) {
  site.put_both(test::sp1, "docker_img/update/2024-06-01");
  site.point_current_at("2024-06-01");
  Machine other;
  std::string dated = digest_on(machine, {}, {"-i", "docker_img/update/2024-06-01", "--source"});
  EXPECT_EQ(digest_on(other, {}, {"-i", "docker_img/update/current", "--source"}), dated);
}

TEST_F(Determinism, RegistriesAndFoldersHoldTheSameDigest) {
  site.put_both();
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  Machine other;
  expect_success(other.run(words("publish", {oci()})));
  EXPECT_EQ(test::tagged_in(registry, own_tag), test::tagged_in_layout(layout(), own_tag));
}

}  // namespace
}  // namespace eulerpublisher
