// Every check that runs nothing, on real root file systems: busybox for two processors, with an rpm database
// that rpm has made.  Each has an image with its fault, and finds it; in the clean image none finds anything.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "check/checks.h"
#include "check/comparison.h"
#include "oci/media_type.h"
#include "rpm/read_packages.h"
#include "support/checked_image.h"
#include "support/made_image.h"
#include "support/memory_repository.h"
#include "support/places.h"
#include "support/release_site.h"
#include "support/rpm_database.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::DatabaseKind;
using test::MadeFile;
using test::MadeFiles;
using test::MadeImage;
using test::RpmDatabase;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string database_path = "var/lib/rpm/rpmdb.sqlite";
const Tag own = *Tag::parse("24.03-lts-sp1");

// The root file system of one processor, as two layers: busybox's, and what is ours.
struct Root {
  Platform platform;
  std::string busybox;  // a program that is really for it
  std::string lower;    // tars
  std::string upper;
  std::unique_ptr<RpmDatabase> packages;
};

Root make_root(const std::string& architecture, const std::string& machine) {
  Root root{test::platform_of(architecture), {}, {}, {}, {}};
  fs::path busybox = fs::path(getenv("EP_BUSYBOX")) / architecture / "busybox";
  root.busybox = test::read_text(busybox);
  test::TempFolder folder{"ep-root"};
  test::Ran made =
      test::run({.argv = {(test::source_folder() / "scripts/make-root.sh").string(),
                          (folder / "root").string(), test::sp1, architecture, busybox.string()}});
  EXPECT_TRUE(made.ok()) << made.err;
  root.lower = test::run({.argv = {"tar", "-C", (folder / "root").string(), "--numeric-owner", "--owner=0",
                                   "--group=0", "--sort=name", "--mtime=@1717236000", "-c", "."}})
                   .out;
  auto versions = test::base_packages();
  versions["wget"] = "1.21.4-2.oe2403sp1";
  root.packages = std::make_unique<RpmDatabase>(versions, machine, true);
  // What a base image has beside its programs; the heads of programs are not needed where real ones are.
  MadeFiles ours = test::clean_root(root.platform);
  std::erase_if(ours, [](const MadeFile& file) {
    return file.path.find("/bin") != file.path.npos || file.path.find("/lib") != file.path.npos ||
           file.path.ends_with("os-release");
  });
  ours.push_back({.path = "./usr/bin/su", .content = root.busybox, .mode = 04755});
  ours.push_back({.path = "./" + database_path, .content = root.packages->bytes(DatabaseKind::sqlite)});
  root.upper = test::make_tar(ours);
  return root;
}

// Changes the header of a tar's first entry as no libarchive writes it.
std::string with_header(std::string tar, size_t at, char byte) {
  tar[at] = byte;
  std::fill_n(tar.begin() + 148, 8, ' ');
  unsigned sum = 0;
  for (size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(tar[i]);
  tar.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return tar;
}

// An image and all that checks are told of it; clean until a test spoils it.
struct Case {
  std::vector<Root>& roots;
  MadeImage image;
  Expectation expected;
  std::function<void(test::MemoryRegistry::Holdings&)> loses;  // what a registry loses once it was read

  // Another layer on top of one platform.
  void add(const MadeFiles& files, size_t platform = 0) { add_tar(test::make_tar(files), platform); }
  void add_tar(std::string tar, size_t platform = 0) {
    image.platforms[platform].layers.push_back(std::move(tar));
  }
  // Another database of packages.
  void add_database(const std::string& bytes, size_t platform = 0) {
    add({{.path = database_path, .content = bytes}}, platform);
  }
};

struct Fault {
  std::string check;
  std::string evidence;
  std::function<void(Case&)> make;
};

class StaticChecks : public testing::Test {
 protected:
  void SetUp() override {
    if (!getenv("EP_BUSYBOX")) GTEST_SKIP() << "SKIPPED: there is no busybox (EP_BUSYBOX)";
    if (!RpmDatabase::can_make(DatabaseKind::sqlite) || !test::have_program("gpg"))
      GTEST_SKIP() << "SKIPPED: rpm, rpmbuild and gpg are not all installed";
    roots.push_back(make_root("amd64", "x86_64"));
    roots.push_back(make_root("arm64", "aarch64"));
  }

  Case clean() {
    Case one{roots, {{}, test::all_annotations()}, {}, {}};
    for (const Root& root : roots) one.image.platforms.push_back({root.platform, {root.lower, root.upper}});
    one.expected = {.version = *Version::parse("24.03-LTS-SP1"),
                    .required = {roots[0].platform, roots[1].platform},
                    .tags = {own},
                    .names = {own},
                    .utc = true,
                    .tmout = true,
                    .hidden = false};
    return one;
  }

  // What all checks say of it; it is compared with the clean image, once that has been read.
  std::vector<CheckResult> look_at(const Case& one) {
    auto registry = std::make_shared<test::MemoryRegistry>();
    test::MemoryRepository repository("memory/openeuler/openeuler", registry);
    Descriptor top = test::put_image(repository, one.image, own);
    auto packages = [](const RootView& root, std::stop_token stop) {
      return read_packages(root, test::program(), stop);
    };
    auto image = read_image(repository, top, known, Unread::read, {}, packages);
    EXPECT_TRUE(image.has_value()) << image.error().text();
    if (!before) {
      before = *image;
      for (const CheckedPlatform& platform : image->platforms)
        for (const InspectedLayer& layer : platform.layers) known.emplace(layer.digest, layer);
    }
    if (one.loses) one.loses(registry->repositories.lock()->at("memory/openeuler/openeuler"));
    Comparison comparison = compare(*before, *image);
    CheckRules rules = CheckRules::built_in();
    Subject subject{repository, *image, one.expected, rules};
    subject.comparison = &comparison;
    return run_checks(all_checks(), subject, {});
  }

  static std::string told(const std::vector<CheckResult>& results) {
    std::string text;
    for (const CheckResult& result : results) {
      if (result.outcome == Outcome::passed) continue;
      text += fmt::format("{}: {} {}\n", result.name, name_of(result.outcome), result.note);
      for (const Finding& finding : result.findings)
        text += "  " + finding.where + ": " + finding.text + "\n";
    }
    return text;
  }

  static std::vector<Fault> faults();

  std::vector<Root> roots;
  std::optional<CheckedImage> before;  // the clean image
  InspectedLayers known;               // its layers
};

std::vector<Fault> of_documents() {
  auto stranger = [](Case& one) { one.expected.hidden = true; };
  return {
      {"public", "", stranger},
      {"tags", "latest", [](Case& one) { one.expected.tags.push_back(*Tag::parse("latest")); }},
      {"platforms", "linux/arm64", [](Case& one) { one.image.platforms.pop_back(); }},
      {"platforms", "twice",
       [](Case& one) {
         one.image.platforms.push_back(one.image.platforms[0]);
         one.add({{.path = "opt/"}}, 2);
       }},
      {"media-types", "its bytes are not compressed",
       [](Case& one) { one.image.platforms[0].layer_type = media_type::layer_gzip; }},
      {"media-types", "which engines do not unpack",
       [](Case& one) { one.image.platforms[1].layer_type = "application/x-tar"; }},
      {"blobs", "",
       [](Case& one) {
         Digest lost = digest_of(one.roots[0].lower);
         one.loses = [lost](test::MemoryRegistry::Holdings& holdings) { holdings.blobs.erase(lost); };
       }},
      {"layers", "the configuration says",
       [](Case& one) { one.image.platforms[0].first_diff_id = digest_of("x").text(); }},
      {"configuration", "history", [](Case& one) { one.image.platforms[0].steps = 5; }},
      {"annotations", "licenses",
       [](Case& one) { one.image.annotations.erase("org.opencontainers.image.licenses"); }},
      {"creation", "", [](Case& one) { one.image.platforms[1].run = R"({"Cmd":["sh"]})"; }},
  };
}

std::vector<Fault> of_packages() {
  return {
      {"package-architectures", "is a package for x86_64",
       [](Case& one) { one.add_database(one.roots[0].packages->bytes(DatabaseKind::sqlite), 1); }},
      {"rpm-database", "cannot be read",
       [](Case& one) {
         std::string bytes = one.roots[0].packages->bytes(DatabaseKind::sqlite);
         one.add_database(bytes.substr(0, bytes.size() / 3));
       }},
      {"packages", "openEuler-release is not installed",
       [](Case& one) { one.add_database(one.roots[0].packages->without("openEuler-release")); }},
      {"packages-lost", "wget-1.21.4-2.oe2403sp1 is not there any more",
       [](Case& one) { one.add_database(one.roots[0].packages->without("wget")); }},
      {"signatures", "not signed: bash-5.2.15-9.oe2403sp1 and 4 more",
       [](Case& one) {
         one.add_database(RpmDatabase(test::base_packages(), "x86_64").bytes(DatabaseKind::sqlite));
       }},
  };
}

std::vector<Fault> of_files() {
  std::string key =
      "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAuXk1Jf3Zp0Yw7vQ2rT5nB8cLdE4sGhKa9\n"
      "-----END RSA PRIVATE KEY-----\n";
  std::string noise(1 << 20, ' ');
  for (size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>(i * 2654435761u >> 13);
  MadeFile device{.path = "dev/sda"}, latin{.path = "opt/cafX", .content = "x"};
  return {
      {"os-release", "is not 24.03-LTS-SP1",
       [](Case& one) {
         one.add({{.path = "etc/os-release",
                   .content = "ID=openEuler\nVERSION=\"24.03 (LTS)\"\nVERSION_ID=24.03\n"}});
       }},
      {"architecture", "amd64",
       [](Case& one) {
         one.add({{.path = "usr/bin/busybox", .content = one.roots[0].busybox, .mode = 0755}}, 1);
       }},
      {"accounts", "a hash of the password of root",
       [](Case& one) { one.add({{.path = "etc/shadow", .content = "root:$6$salt$hash:1::::::\n"}}); }},
      {"identity", "is a host's key",
       [](Case& one) { one.add({{.path = "etc/ssh/ssh_host_ed25519_key", .content = "k"}}); }},
      {"identity", "/etc/machine-id is not empty",
       [](Case& one) { one.add({{.path = "etc/machine-id", .content = "0123456789abcdef\n"}}); }},
      {"left-behind", "a history of somebody's commands",
       [](Case& one) { one.add({{.path = "root/.bash_history", .content = "ls\n"}}); }},
      {"left-behind", "names the servers of the machine it was built on",
       [](Case& one) { one.add({{.path = "etc/resolv.conf", .content = "nameserver 10.0.0.1\n"}}); }},
      {"privileges", "has setuid",
       [](Case& one) {
         one.add({{.path = "usr/bin/mine", .content = one.roots[0].busybox, .mode = 04755}});
       }},
      {"privileges", "has capabilities",
       [](Case& one) {
         one.add({{.path = "usr/bin/p",
                   .content = "x",
                   .mode = 0755,
                   .xattrs = {{"security.capability", std::string("\1\0\0\2", 4)}}}});
       }},
      {"devices", "/dev/sda is a block device",
       [device](Case& one) { one.add_tar(with_header(test::make_tar({device}), 156, '4')); }},
      {"unsafe-names", "leads out of the root",
       [](Case& one) { one.add({{.path = "../etc/passwd", .content = "x"}}); }},
      {"world-writable", "can be written by everybody",
       [](Case& one) { one.add({{.path = "srv/", .mode = 0777}}); }},
      {"duplicates", "stands in it more than once",
       [](Case& one) {
         one.add({{.path = "opt/a", .content = "1"}, {.path = "./opt/a", .content = "2"}});
       }},
      {"file-names", "is not UTF-8",
       [latin](Case& one) { one.add_tar(with_header(test::make_tar({latin}), 7, '\xe9')); }},
      {"dangling-links", "which is not there",
       [](Case& one) { one.add({{.path = "etc/gone", .link = "../usr/lib/gone"}}); }},
      {"future-times", "in the future",
       [](Case& one) { one.add({{.path = "opt/a", .content = "x", .mtime = 4102444800}}); }},
      {"repositories", "gpgcheck is not on",
       [](Case& one) {
         one.add({{.path = "etc/yum.repos.d/x.repo", .content = "[x]\nbaseurl=https://x/\ngpgcheck=0\n"}});
       }},
      {"ca-bundle", "", [](Case& one) { one.add({{.path = "etc/pki/tls/certs/.wh.ca-bundle.crt"}}); }},
      {"time-zone", "Asia/Beijing",
       [](Case& one) { one.add({{.path = "etc/localtime", .link = "../usr/share/zoneinfo/Asia/Beijing"}}); }},
      {"tmout", "ends an idle shell",
       [](Case& one) { one.add({{.path = "etc/profile.d/t.sh", .content = "export TMOUT=300\n"}}); }},
      {"size-growth", "most of it in /opt",
       [noise](Case& one) {
         for (const char* name : {"opt/a", "opt/b", "opt/c"}) one.add({{.path = name, .content = noise}});
       }},
      {"secrets", "a private key", [key](Case& one) { one.add({{.path = "opt/key.pem", .content = key}}); }},
  };
}

std::vector<Fault> StaticChecks::faults() {
  std::vector<Fault> all = of_documents();
  for (auto more : {of_packages(), of_files()}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST_F(StaticChecks, FindEachFaultInRealRootsAndNothingInTheCleanOne) {
  auto results = look_at(clean());
  for (const CheckResult& result : results)
    EXPECT_EQ(result.outcome, Outcome::passed) << result.name << "\n" << told(results);
  EXPECT_FALSE(refuses(results));

  std::set<std::string> without_image;
  for (const Check& check : all_checks()) without_image.insert(check.name);
  for (const Fault& fault : faults()) {
    SCOPED_TRACE(fault.check + ": " + fault.evidence);
    without_image.erase(fault.check);
    Case spoilt = clean();
    fault.make(spoilt);
    results = look_at(spoilt);
    for (const CheckResult& result : results) {
      if (result.name != fault.check) continue;
      EXPECT_EQ(result.outcome, Outcome::found) << told(results);
      if (result.findings.empty()) continue;
      EXPECT_THAT(result.findings[0].text + result.findings[0].where, HasSubstr(fault.evidence));
      EXPECT_EQ(refuses(results), result.severity == Severity::blocker) << told(results);
    }
    // One that is for packages or files alone spoils nothing else.
    size_t found = std::ranges::count(results, Outcome::found, &CheckResult::outcome);
    EXPECT_LE(found, 2u) << told(results);
  }
  EXPECT_THAT(without_image, IsEmpty());
}

}  // namespace
}  // namespace eulerpublisher
