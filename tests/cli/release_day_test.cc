// A release day, as the release side plays it and `container sync` sees it: after each step what must and
// what must not be published.  Against real listings: nginx's autoindex and fancyindex.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using Listing = test::NginxServer::Options::Listing;
using test::Ran;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string first = "docker_img";
std::string update(const std::string& date) { return "docker_img/update/" + date; }

class ReleaseDay : public Publishing, public testing::WithParamInterface<Listing> {
 protected:
  void SetUp() override {
    for (const char* program : {"nginx", "docker-registry"})
      if (!test::have_program(program)) GTEST_SKIP() << "SKIPPED: " << program << " is not installed";
    Done served = site.serve({}, GetParam());
    if (!served && served.error().kind() == ErrorKind::unsupported)
      GTEST_SKIP() << "SKIPPED: " << served.error().text();
    ASSERT_TRUE(served.has_value()) << served.error().text();
    registries = {&start_registry(), &start_registry()};
  }

  // One round: what it published, `24.03-LTS-SP1 docker_img/update/2025-06-10`.
  Words round(int status = 0) {
    last = machine.run({"container", "sync", "--source", site.url(), "-g", registries[0]->address(), "-g",
                        registries[1]->address(), "--retries", "0", "--json"});
    EXPECT_EQ(last.status, status) << test::told(last);
    Words all;
    nlohmann::json report = json_of(last);
    for (const auto& work : report["work"])
      if (work["result"] == "published")
        all.push_back(work["version"].get<std::string>() + " " + work["index"].get<std::string>());
    for (const auto& remark : report["remarks"])
      remarks[remark["kind"].get<std::string>()].push_back(remark["text"].get<std::string>());
    return all;
  }
  // What both registries hold under the version's own tag; nothing where they differ.
  std::optional<Digest> held(const std::string& tag = own_tag) {
    auto one = test::tagged_in(*registries[0], tag);
    return one == test::tagged_in(*registries[1], tag) ? one : std::nullopt;
  }
  // An architecture's archive without its checksum, and the checksum alone.
  void put_archive(const std::string& architecture, const std::string& index, const std::string& created) {
    site.put_true(architecture, test::sp1, index, created);
    fs::path sum = site.archive(architecture, test::sp1, index).string() + ".sha256sum";
    fs::rename(sum, machine / ("kept-" + architecture));
  }
  void put_checksum(const std::string& architecture, const std::string& index) {
    fs::path sum = site.archive(architecture, test::sp1, index).string() + ".sha256sum";
    fs::copy_file(machine / ("kept-" + architecture), sum, fs::copy_options::overwrite_existing);
  }

  std::vector<test::RegistryServer*> registries;
  std::map<std::string, Words> remarks;
  Ran last;
};

TEST_P(ReleaseDay, GoesWellFromTheFirstArchiveToTheNextVersion) {
  site.put_both(test::sp1, first, "2024-12-30T08:00:00Z");
  site.put_both("22.03-LTS", update("2024-06-01"), "2024-06-01T08:00:00Z");
  EXPECT_THAT(round(), ElementsAre("24.03-LTS-SP1 " + first, "22.03-LTS " + update("2024-06-01")));
  auto before = held();
  ASSERT_TRUE(before);

  // aarch64 first.
  std::string day = update("2025-06-10"), morning = "2025-06-10T08:00:00Z";
  site.put_true("arm64", test::sp1, day, morning);
  EXPECT_THAT(round(), IsEmpty());
  EXPECT_THAT(remarks["not yet"], ElementsAre(HasSubstr("has no amd64")));

  // x86_64 while it grows, still without a checksum.
  put_archive("amd64", day, morning);
  EXPECT_THAT(round(), IsEmpty());

  // The checksum is there, and the archive is not whole yet.
  fs::path archive = site.archive("amd64", test::sp1, day);
  std::string whole = test::read_text(archive);
  test::write_text(archive, whole.substr(0, whole.size() / 2));
  put_checksum("amd64", day);
  EXPECT_THAT(round(), IsEmpty());
  EXPECT_EQ(held(), before) << "nothing of it is to be seen";
  test::write_text(archive, whole);
  EXPECT_THAT(round(), ElementsAre("24.03-LTS-SP1 " + day)) << test::told(last);
  auto released = held();
  EXPECT_NE(released, before);

  // `current` is removed and made again; that is no news.
  site.point_current_at("2025-06-10");
  EXPECT_THAT(round(), IsEmpty());
  fs::remove(site.folder() / ("openEuler-" + test::sp1) / "docker_img/update/current");
  EXPECT_THAT(round(), IsEmpty());
  site.point_current_at("2025-06-10");
  EXPECT_EQ(held(), released);

  // loongarch64 comes last, and is added.
  // Of three architectures one is looked at in each round.
  site.put_true("loong64", test::sp1, day, morning);
  Words added;
  for (int look = 0; look < 3 && added.empty(); ++look) added = round();
  EXPECT_THAT(added, ElementsAre("24.03-LTS-SP1 " + day));
  EXPECT_NE(held(), released);

  // The same day is released again, architecture by architecture.
  auto with_loong64 = held();
  std::string evening = "2025-06-10T20:00:00Z";
  for (const char* architecture : {"amd64", "arm64", "loong64"})
    site.put_true(architecture, test::sp1, day, evening);
  EXPECT_THAT(round(), ElementsAre("24.03-LTS-SP1 " + day));
  EXPECT_NE(held(), with_loong64);

  // An old directory is touched, and even filled anew.
  auto newest = held();
  site.put_both(test::sp1, update("2025-01-15"), "2025-11-30T08:00:00Z");
  EXPECT_THAT(round(), IsEmpty());
  EXPECT_EQ(held(), newest);

  // The newest directory goes away: a tag never goes back.
  fs::rename(site.folder() / ("openEuler-" + test::sp1) / day, machine / "away");
  EXPECT_THAT(round(), IsEmpty());
  EXPECT_EQ(held(), newest);
  EXPECT_THAT(remarks["held back"], testing::SizeIs(2));
  fs::rename(machine / "away", site.folder() / ("openEuler-" + test::sp1) / day);

  // A new version, a broken one, and a look-alike.
  site.put_both("25.03", first, "2025-03-30T08:00:00Z");
  site.put_both("24.03-LTS-SP2", first, "2025-06-30T08:00:00Z");
  for (const char* architecture : {"amd64", "arm64"}) site.put(architecture, "not an archive", "24.09");
  site.put_both("25.03-test");
  EXPECT_THAT(round(1), ElementsAre("24.03-LTS-SP2 " + first, "25.03 " + first));
  EXPECT_TRUE(held("25.03"));
  EXPECT_THAT(test::tags_in(*registries[0]),
              testing::UnorderedElementsAre("22.03-lts", own_tag, "24.03-lts-sp2", "25.03"));
}

INSTANTIATE_TEST_SUITE_P(Listings, ReleaseDay, testing::Values(Listing::autoindex, Listing::fancyindex),
                         [](const auto& info) {
                           return info.param == Listing::autoindex ? "Autoindex" : "Fancyindex";
                         });

}  // namespace
}  // namespace eulerpublisher
