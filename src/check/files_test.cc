// For every check of files: an image that has the fault, and the clean one that has not.

#include <gmock/gmock.h>

#include "check/checks.h"
#include "support/checked_image.h"
#include "support/memory_repository.h"

namespace eulerpublisher {
namespace {

using test::MadeFile;
using test::MadeFiles;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Texts = std::vector<std::string>;

class FileChecks : public testing::Test {
 protected:
  // What a check finds in the clean root with these files on top, in a layer of their own.
  Texts found(const Check& check, const MadeFiles& more) {
    return found(check, {test::report_of(test::clean_root(amd64)), test::report_of(more)});
  }

  Texts found(const Check& check, const std::vector<std::shared_ptr<LayerReport>>& layers) {
    CheckedImage image = test::checked_image({test::checked_platform(layers, amd64)});
    Subject subject{repository, image, expected, rules};
    auto results = run_checks({check}, subject, {});
    EXPECT_TRUE(results[0].outcome == Outcome::found || results[0].outcome == Outcome::passed)
        << name_of(results[0].outcome) << ": " << results[0].note;
    Texts texts;
    for (const Finding& finding : results[0].findings) {
      EXPECT_EQ(finding.where, "linux/amd64");
      texts.push_back(finding.text);
    }
    return texts;
  }

  CheckResult result_of(const Check& check, const MadeFiles& files) {
    CheckedImage image = test::checked_image({test::checked_platform({test::report_of(files)}, amd64)});
    return run_checks({check}, {repository, image, expected, rules}, {})[0];
  }

  Platform amd64 = *Platform::parse("amd64");
  test::MemoryRepository repository;
  CheckRules rules = CheckRules::built_in();
  Expectation expected{
      .version = *Version::parse("24.03-LTS-SP1"), .required = {}, .tags = {}, .utc = true, .tmout = true};
};

TEST_F(FileChecks, FindNothingInTheCleanRoot) {
  for (const Check& check : all_checks())
    if (check.needs == Needs::layers && check.name != "rpm-database") {
      EXPECT_THAT(found(check, {{.path = "opt/"}}), IsEmpty()) << check.name;
    }
}

TEST_F(FileChecks, FindAPasswordHashInAnyLayer) {
  for (const char* hash : {"$6$salt$hash", "$y$j9T$salt$hash", "!$6$salt$hash", "abJnggxhB/yWI", "*$5$a$b"}) {
    MadeFile shadow{.path = "etc/shadow", .content = std::string("root:") + hash + ":1::::::\n"};
    auto below = test::report_of({shadow});
    EXPECT_THAT(found(accounts_check(), {below, test::report_of(test::clean_root(amd64))}),
                ElementsAre("/etc/shadow holds a hash of the password of root"))
        << hash;
  }
  EXPECT_THAT(found(accounts_check(), {{.path = "etc/shadow-", .content = "adm:$1$a$b:1::::::\n"}}),
              ElementsAre("/etc/shadow- holds a hash of the password of adm"));
}

TEST_F(FileChecks, FindAnEmptyPasswordOfALoginShell) {
  EXPECT_THAT(found(accounts_check(), {{.path = "etc/shadow", .content = "root::1::::::\n"}}),
              ElementsAre("/etc/shadow: root needs no password to log in"));
  EXPECT_THAT(
      found(accounts_check(), {{.path = "etc/passwd", .content = "a::7:7::/:\nb::8:8::/:/sbin/nologin\n"}}),
      ElementsAre("/etc/passwd: a needs no password to log in"));
}

TEST_F(FileChecks, FindASecondRoot) {
  EXPECT_THAT(
      found(accounts_check(), {{.path = "etc/passwd",
                                .content = "root:x:0:0::/root:/bin/bash\ntoor:x:00:0::/:/sbin/nologin\n"}}),
      ElementsAre("/etc/passwd: toor has the user id 0, as root"));
}

TEST_F(FileChecks, LookAtNoAccountsWhereThereAreNone) {
  CheckResult result = result_of(accounts_check(), {{.path = "bin/app", .content = "x"}});
  EXPECT_EQ(result.outcome, Outcome::not_run);
  EXPECT_THAT(result.note, HasSubstr("no accounts"));
}

TEST_F(FileChecks, FindTheIdentityOfAMachine) {
  EXPECT_THAT(found(identity_check(), {{.path = "etc/machine-id", .content = "0123456789abcdef\n"}}),
              ElementsAre(HasSubstr("/etc/machine-id is not empty (0123456789abcdef)")));
  EXPECT_THAT(found(identity_check(), {{.path = "etc/machine-id", .content = "uninitialized\n"}}), IsEmpty());
  EXPECT_THAT(found(identity_check(), {{.path = "etc/ssh/ssh_host_ed25519_key", .content = "k"}}),
              ElementsAre(HasSubstr("is a host's key")));
  EXPECT_THAT(found(identity_check(), {{.path = "home/a/.ssh/authorized_keys", .content = "ssh-rsa A"}}),
              ElementsAre("/home/a/.ssh/authorized_keys lets somebody in"));
  EXPECT_THAT(found(identity_check(), {{.path = "var/lib/systemd/random-seed", .content = "r"}}),
              ElementsAre(HasSubstr("seed of chance")));
}

TEST_F(FileChecks, FindAHostKeyThatAnUpperLayerTakesAway) {
  auto with = test::report_of({{.path = "etc/ssh/ssh_host_rsa_key", .content = "k"}});
  auto without = test::report_of({{.path = "etc/ssh/.wh.ssh_host_rsa_key"}});
  EXPECT_THAT(found(identity_check(), {with, without}), SizeIs(1));
}

TEST_F(FileChecks, FindWhatWasLeftBehind) {
  Texts texts = found(left_behind_check(), {{.path = "root/.bash_history", .content = "ls\n"},
                                            {.path = "var/log/dnf.log", .content = "l"},
                                            {.path = "var/log/hawkey.log", .content = "ll"},
                                            {.path = "var/cache/dnf/x.solv", .content = "s"},
                                            {.path = "tmp/build.sh", .content = "b"},
                                            {.path = "etc/hosts~", .content = "h"},
                                            {.path = "etc/.passwd.swp", .content = "h"},
                                            {.path = "etc/resolv.conf", .content = "nameserver 10.0.0.1\n"}});
  EXPECT_THAT(texts, SizeIs(7));
  EXPECT_THAT(texts, Contains("/root/.bash_history is a history of somebody's commands"));
  EXPECT_THAT(texts, Contains("/var/log/dnf.log is a log, and 1 more like it in /var/log: 3 bytes in all"));
  EXPECT_THAT(texts, Contains("/var/cache/dnf/x.solv is a cache of dnf"));
  EXPECT_THAT(texts, Contains("/tmp/build.sh is a temporary file"));
  EXPECT_THAT(texts, Contains("/etc/hosts~ is an editor's backup"));
  EXPECT_THAT(texts, Contains("/etc/resolv.conf names the servers of the machine it was built on"));
}

TEST_F(FileChecks, FindPrivilegesThatThePolicyDoesNotList) {
  Texts texts =
      found(privileges_check(), {{.path = "usr/bin/mine", .content = "x", .mode = 06755, .uid = 5, .gid = 6},
                                 {.path = "usr/bin/pinger",
                                  .content = "x",
                                  .mode = 0755,
                                  .xattrs = {{"security.capability", std::string("\1\0\0\2", 4)}}},
                                 {.path = "usr/bin/passwd", .content = "x", .mode = 04755}});
  EXPECT_THAT(
      texts,
      ElementsAre("/usr/bin/mine has setuid of user 5, setgid of group 6, which the policy does not list",
                  "/usr/bin/pinger has capabilities, which the policy does not list"));
  rules.set("privileges", {.allowed = {"/usr/bin/*"}});
  EXPECT_THAT(found(privileges_check(), {{.path = "usr/bin/mine", .content = "x", .mode = 04755}}),
              IsEmpty());
}

TEST_F(FileChecks, FindDeviceNodes) {
  auto report = test::report_of({});
  FileFact disk;
  disk.name = "dev/sda";
  disk.type = TarEntry::Type::block_device;
  report->files.push_back(disk);
  EXPECT_THAT(found(devices_check(), {report}), ElementsAre("/dev/sda is a block device"));
}

TEST_F(FileChecks, FindNamesThatLeadOut) {
  EXPECT_THAT(found(unsafe_names_check(), {{.path = "../etc/passwd", .content = "x"}}),
              ElementsAre("layer 2: the entry '../etc/passwd' leads out of the root"));
}

TEST_F(FileChecks, FindWhatEverybodyMayWrite) {
  EXPECT_THAT(found(world_writable_check(), {{.path = "srv/", .mode = 0777},
                                             {.path = "srv/a", .content = "x", .mode = 0666},
                                             {.path = "var/tmp/", .mode = 01777},
                                             {.path = "srv/link", .link = "a"}}),
              ElementsAre("/srv can be written by everybody (0777, without the sticky bit)",
                          "/srv/a can be written by everybody (0666)"));
}

TEST_F(FileChecks, FindAFileThatStandsInALayerTwice) {
  EXPECT_THAT(found(duplicates_check(), {{.path = "opt/"},
                                         {.path = "opt/a", .content = "1"},
                                         {.path = "./opt/"},
                                         {.path = "./opt/a", .content = "2"}}),
              ElementsAre("layer 2: /opt/a stands in it more than once"));
}

TEST_F(FileChecks, FindANameThatIsNotUtf8) {
  auto report = test::report_of({});
  for (const char* name : {"opt/中文", "opt/caf\xe9"}) report->files.emplace_back().name = name;
  EXPECT_THAT(found(file_names_check(), {report}), ElementsAre("the name /opt/caf\\xe9 is not UTF-8"));
}

TEST_F(FileChecks, FindLinksThatLeadNowhere) {
  EXPECT_THAT(found(dangling_links_check(), {{.path = "etc/gone", .link = "../usr/lib/gone"},
                                             {.path = "usr/bin/round", .link = "round"},
                                             {.path = "etc/mtab", .link = "/proc/self/mounts"},
                                             {.path = "opt/gone", .link = "nothing"}}),
              ElementsAre("/etc/gone points to ../usr/lib/gone, which is not there",
                          "/usr/bin/round points to round, and so on in a circle"));
}

TEST_F(FileChecks, FindTimesInTheFuture) {
  EXPECT_THAT(found(future_times_check(), {{.path = "opt/a", .content = "x", .mtime = 4102444800}}),
              ElementsAre("/opt/a was changed in the future: 2100-01-01T00:00:00Z"));
}

TEST_F(FileChecks, FindRepositoriesThatAreNotSafe) {
  Texts texts =
      found(repositories_check(),
            {{.path = "etc/yum.repos.d/openEuler.repo",
              .content = "[OS]\nbaseurl=http://repo.openeuler.org/openEuler-22.03-LTS/OS/\ngpgcheck=1\n"
                         "[mine]\nbaseurl=https://a.example/x\n  http://b.example/y\ngpgcheck = 0\n"
                         "[quiet]\nbaseurl=https://c.example/\n"}});
  EXPECT_THAT(
      texts, ElementsAre(AllOf(HasSubstr("[OS]: baseurl is of 22.03-LTS, this is 24.03-LTS-SP1")),
                         "/etc/yum.repos.d/openEuler.repo [mine]: gpgcheck is not on",
                         "/etc/yum.repos.d/openEuler.repo [mine]: baseurl is not https: http://b.example/y"));
  EXPECT_THAT(found(repositories_check(),
                    {{.path = "etc/dnf/dnf.conf", .content = "[main]\n"},
                     {.path = "etc/yum.repos.d/x.repo", .content = "[x]\nbaseurl=https://x/\n"}}),
              ElementsAre("/etc/yum.repos.d/x.repo [x]: gpgcheck is not on"));
}

TEST_F(FileChecks, FindThatThereAreNoCertificates) {
  EXPECT_THAT(found(ca_bundle_check(), {{.path = "etc/pki/tls/certs/ca-bundle.crt"}}),
              ElementsAre(HasSubstr("ca-bundle.crt is empty")));
  EXPECT_THAT(found(ca_bundle_check(), {{.path = "etc/pki/.wh.tls"}}),
              ElementsAre(HasSubstr("no CA certificates")));
  expected.version.reset();
  EXPECT_EQ(result_of(ca_bundle_check(), {{.path = "bin/app"}}).outcome, Outcome::not_run);
  rules.set("ca-bundle", {.required = true});
  EXPECT_EQ(result_of(ca_bundle_check(), {{.path = "bin/app"}}).outcome, Outcome::found);
}

TEST_F(FileChecks, FindAnotherTimeZone) {
  EXPECT_THAT(
      found(time_zone_check(), {{.path = "etc/localtime", .link = "../usr/share/zoneinfo/Asia/Shanghai"}}),
      ElementsAre("/etc/localtime points to ../usr/share/zoneinfo/Asia/Shanghai"));
  EXPECT_THAT(found(time_zone_check(), {{.path = "etc/localtime", .content = "TZif2..\nCST-8\n"}}),
              SizeIs(1));
  EXPECT_THAT(found(time_zone_check(), {{.path = "etc/localtime", .content = "TZif2..\nUTC0\n"}}), IsEmpty());
  expected.utc = false;
  EXPECT_EQ(result_of(time_zone_check(), {}).outcome, Outcome::not_run);
}

TEST_F(FileChecks, FindAShellThatLogsItselfOut) {
  EXPECT_THAT(
      found(tmout_check(), {{.path = "etc/profile.d/t.sh",
                             .content = "# TMOUT=5\nMYTMOUT=5\n  export TMOUT=300\nTMOUT=0\n"}}),
      ElementsAre("/etc/profile.d/t.sh: `export TMOUT=300` ends an idle shell, and with it the container"));
  expected.tmout.reset();
  EXPECT_EQ(result_of(tmout_check(), {}).outcome, Outcome::not_run);
}

TEST_F(FileChecks, FindACLibraryOfAnotherProcessor) {
  MadeFiles files = test::clean_root(amd64);
  files.push_back({.path = "./usr/lib64/libc.so.6", .content = test::elf_head(*Platform::parse("arm64"))});
  EXPECT_THAT(found(architecture_check(), {test::report_of(files)}),
              ElementsAre("/usr/lib64/libc.so.6 is made for arm64"));
}

TEST_F(FileChecks, FindAnOsReleaseThatIsNotOfItsTags) {
  expected.names = {*Tag::parse("24.03"), *Tag::parse("latest"), *Tag::parse("24.03-lts-sp1"),
                    *Tag::parse("24.03-lts")};
  EXPECT_THAT(found(os_release_check(), MadeFiles{{.path = "opt/"}}),
              ElementsAre(HasSubstr("the tag 24.03-lts promises 24.03-LTS")));
  EXPECT_THAT(
      found(os_release_check(), {{.path = "usr/lib/os-release", .content = "ID=debian\nVERSION=\"12\"\n"}}),
      ElementsAre("etc/os-release says ID=\"debian\", which is not openEuler",
                  "etc/os-release says VERSION=\"12\", which is not 24.03-LTS-SP1",
                  "etc/os-release says no VERSION_ID"));
}

TEST_F(FileChecks, FindAnOsReleaseThatIsNotOfAnApplicationsTag) {
  expected.version.reset();
  expected.names = {*Tag::parse("8.0-oe2403sp1"), *Tag::parse("8.0-24.03-lts-sp1"), *Tag::parse("8.0"),
                    *Tag::parse("8.0-oe2403"), *Tag::parse("8.0-oe2203sp4")};
  EXPECT_THAT(found(os_release_check(), MadeFiles{{.path = "opt/"}}),
              ElementsAre(AllOf(HasSubstr("24.03 (LTS-SP1)"),
                                HasSubstr("the tag 8.0-oe2203sp4 promises 22.03-LTS-SP4"))));
  expected.names = {*Tag::parse("8.0-oe2403sp1"), *Tag::parse("8.0-22.04-lts")};
  EXPECT_THAT(
      found(os_release_check(), {{.path = "etc/os-release", .content = "ID=ubuntu\nVERSION=22.04\n"}}),
      ElementsAre("etc/os-release says ID=\"ubuntu\", the tag 8.0-oe2403sp1 promises openEuler "
                  "24.03-LTS-SP1"));
}

}  // namespace
}  // namespace eulerpublisher
