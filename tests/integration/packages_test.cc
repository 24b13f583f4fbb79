// The packages, built from this very build, installed in folders of their own and run from there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "support/places.h"
#include "support/process.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::Command;
using test::Ran;
using testing::HasSubstr;

class Packages : public testing::Test {
 protected:
  void SetUp() override { build = test::program().parent_path(); }

  static void need(std::initializer_list<const char*> programs) {
    for (const char* program : programs)
      if (!test::have_program(program)) GTEST_SKIP() << "SKIPPED: " << program << " is not installed";
  }

  static Ran expect_success(const Command& command) {
    Ran ran = test::run(command);
    EXPECT_TRUE(ran.ok()) << testing::PrintToString(command.argv) << "\n" << ran.out << ran.err;
    return ran;
  }

  // What a package must have brought into `root`, and that it works from there.
  static void expect_installed(const fs::path& root, const std::string& zsh_folder) {
    for (const std::string& file :
         {std::string("usr/share/bash-completion/completions/eulerpublisher"),
          zsh_folder + "/_eulerpublisher",
          std::string("usr/share/fish/vendor_completions.d/eulerpublisher.fish"),
          std::string("usr/lib/systemd/system/eulerpublisher-sync.service"),
          std::string("usr/lib/systemd/system/eulerpublisher-sync-once.service"),
          std::string("usr/lib/systemd/system/eulerpublisher-sync-once.timer"),
          std::string("usr/share/doc/eulerpublisher/README.md"),
          std::string("usr/share/doc/eulerpublisher/docs/operations.md"),
          std::string("usr/share/doc/eulerpublisher/docs/sync.md"),
          std::string("etc/eulerpublisher/policy.yaml"), std::string("etc/eulerpublisher/sync.env")})
      EXPECT_TRUE(fs::exists(root / file)) << file;
    EXPECT_EQ(fs::status(root / "etc/eulerpublisher/auth.json").permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_THAT(test::read_text(root / "usr/lib/systemd/system/eulerpublisher-sync.service"),
                HasSubstr("ExecStart=/usr/bin/eulerpublisher container sync "));
    auto has_page = [&](const std::string& name) {
      for (const auto& file : fs::directory_iterator(root / "usr/share/man/man1"))
        if (file.path().filename().string().starts_with(name)) return true;
      return false;
    };
    EXPECT_TRUE(has_page("eulerpublisher-container-publish.1"));
    std::string program = (root / "usr/bin/eulerpublisher").string();
    EXPECT_THAT(expect_success({.argv = {program, "--version"}}).out, HasSubstr("eulerpublisher "));
    Ran tags = expect_success({.argv = {program, "container", "tags", "-v", "22.03-LTS-SP1", "--policy",
                                        (root / "etc/eulerpublisher/policy.yaml").string()}});
    EXPECT_THAT(tags.err, HasSubstr("22.03-lts-sp1"));
  }

  static fs::path only_file(const fs::path& folder, const std::string& extension) {
    for (const auto& file : fs::recursive_directory_iterator(folder))
      if (file.path().extension() == extension) return file.path();
    return {};
  }

  fs::path build;
  test::TempFolder folder{"ep-packages"};
};

TEST_F(Packages, TheDebianPackageIsInstalledRunAndRemoved) {
  need({"cpack", "dpkg", "dpkg-shlibdeps"});
  if (IsSkipped()) return;
  expect_success({.argv = {"cpack", "-G", "DEB", "--config", (build / "CPackConfig.cmake").string(), "-B",
                           (folder / "out").string()},
                  .folder = folder.path()});
  fs::path package = only_file(folder / "out", ".deb");
  ASSERT_FALSE(package.empty());
  Ran info = expect_success({.argv = {"dpkg-deb", "--info", package.string()}});
  for (const char* needed : {"libcurl4", "libsqlite3-0", "libarchive13", "ca-certificates"})
    EXPECT_THAT(info.out, HasSubstr(needed));
  if (test::have_program("apt-get")) {
    EXPECT_THAT(expect_success({.argv = {"apt-get", "-s", "install", package.string()}}).out,
                HasSubstr("Inst eulerpublisher "));
  }

  fs::path root = folder / "root";
  fs::create_directories(root / "var/lib/dpkg/info");
  fs::create_directories(root / "var/lib/dpkg/updates");
  for (const char* file : {"status", "available"}) test::write_text(root / "var/lib/dpkg" / file, "");
  // The libraries are this machine's own; the new root knows nothing of them.
  Command dpkg{.argv = {"dpkg", "--root=" + root.string(), "--force-depends", "--install", package.string()}};
  expect_success(dpkg);
  expect_installed(root, "usr/share/zsh/site-functions");

  // A configuration that was changed survives the removal, and goes with the purge.
  test::write_text(root / "etc/eulerpublisher/sync.env", "SYNC_OPTIONS=-g quay.io\n");
  expect_success({.argv = {"dpkg", "--root=" + root.string(), "--remove", "eulerpublisher"}});
  EXPECT_FALSE(fs::exists(root / "usr/bin/eulerpublisher"));
  EXPECT_EQ(test::read_text(root / "etc/eulerpublisher/sync.env"), "SYNC_OPTIONS=-g quay.io\n");
  expect_success({.argv = {"dpkg", "--root=" + root.string(), "--purge", "eulerpublisher"}});
  EXPECT_FALSE(fs::exists(root / "etc/eulerpublisher"));
}

TEST_F(Packages, TheSpecMakesAnRpmThatRuns) {
  need({"rpmbuild", "git"});
  if (IsSkipped()) return;
  fs::path source = test::source_folder();
  if (!fs::exists(source / ".git"))
    GTEST_SKIP() << "SKIPPED: this is no checkout, git archive has nothing to pack";
  fs::path spec = source / "packaging/rpm/eulerpublisher.spec";
  std::string text = test::read_text(spec);
  auto begin = text.find("Version:") + 8;
  std::string version = text.substr(text.find_first_not_of(' ', begin));
  version = version.substr(0, version.find('\n'));
  EXPECT_EQ(test::run({.argv = {test::program().string(), "--version"}}).out,
            "eulerpublisher " + version + "\n");

  fs::create_directories(folder / "rpm/SOURCES");
  std::string name = "eulerpublisher-" + version;
  expect_success(
      {.argv = {"git", "-c", "safe.directory=*", "-C", source.string(), "archive", "--prefix=" + name + "/",
                "-o", (folder / ("rpm/SOURCES/" + name + ".tar.gz")).string(), "HEAD"}});
  expect_success({.argv = {"rpmbuild", "-bb", "--nodeps", "--define", "_topdir " + (folder / "rpm").string(),
                           "--define", "prebuilt " + build.string(), spec.string()}});
  fs::path package = only_file(folder / "rpm/RPMS", ".rpm");
  ASSERT_FALSE(package.empty());
  Ran configuration = expect_success({.argv = {"rpm", "-qpc", package.string()}});
  EXPECT_EQ(std::ranges::count(configuration.out, '\n'), 3) << configuration.out;

  fs::path root = folder / "root";
  fs::create_directories(root);
  expect_success({.argv = {"rpm", "--root", root.string(), "--dbpath", "/var/lib/rpm", "--nodeps",
                           "--noscripts", "-i", package.string()}});
  expect_installed(root, "usr/share/zsh/site-functions");
  expect_success({.argv = {"rpm", "--root", root.string(), "--dbpath", "/var/lib/rpm", "--nodeps",
                           "--noscripts", "-e", "eulerpublisher"}});
  EXPECT_FALSE(fs::exists(root / "usr/bin/eulerpublisher"));
}

class SystemdUnits : public Packages {
 protected:
  void SetUp() override {
    Packages::SetUp();
    need({"cmake", "systemd-analyze"});
    if (IsSkipped()) return;
    expect_success({.argv = {"cmake", "--install", build.string(), "--prefix", folder.path().string()}});
    units = folder / "lib/systemd/system";
  }

  fs::path units;
};

TEST_F(SystemdUnits, SystemdUnderstandsEveryLine) {
  Command verify{.argv = {"systemd-analyze", "verify", "--man=no", "--recursive-errors=yes"}};
  for (const auto& unit : fs::directory_iterator(units)) verify.argv.push_back(unit.path().string());
  ASSERT_GE(verify.argv.size(), 7u);
  Ran ran = expect_success(verify);
  std::istringstream lines(ran.err);
  // It also speaks of units of this machine that ours refer to.
  for (std::string line; std::getline(lines, line);)
    EXPECT_EQ(line.find("eulerpublisher"), line.npos) << line;
}

TEST_F(SystemdUnits, TheServicesAreLeftAlmostNothingToDoHarmWith) {
  for (const char* service : {"eulerpublisher-sync.service", "eulerpublisher-sync-once.service"}) {
    Ran ran = test::run({.argv = {"systemd-analyze", "security", "--offline=true", "--threshold=12",
                                  "--no-pager", (units / service).string()}});
    EXPECT_TRUE(ran.ok()) << ran.out << ran.err;
  }
}

// A bare Debian 12 has no /bin/kill, for example.
TEST_F(SystemdUnits, TheServicesRunNothingThatABareMachineLacks) {
  size_t seen = 0;
  for (const char* service : {"eulerpublisher-sync.service", "eulerpublisher-sync-once.service"}) {
    std::istringstream lines(test::read_text(units / service));
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("Exec")) continue;
      std::string program = line.substr(line.find('=') + 1);
      program = program.substr(0, program.find(' '));
      EXPECT_TRUE(program == "/bin/sh" || program == (folder / "bin/eulerpublisher").string()) << line;
      ++seen;
    }
  }
  EXPECT_EQ(seen, 3u);
}

TEST_F(SystemdUnits, BothServicesAreConfinedAlike) {
  auto confined = [&](const char* service) {
    std::string text = test::read_text(units / service);
    auto begin = text.find("DynamicUser=yes"), end = text.find("\n\n[Install]");
    EXPECT_NE(begin, text.npos);
    std::string part = text.substr(begin, end == text.npos ? end : end - begin);
    while (part.ends_with('\n')) part.pop_back();
    return part;
  };
  EXPECT_EQ(confined("eulerpublisher-sync.service"), confined("eulerpublisher-sync-once.service"));
}

TEST_F(SystemdUnits, AnotherInstallationLeavesTheConfigurationAlone) {
  test::write_text(folder / "etc/eulerpublisher/sync.env", "SYNC_OPTIONS=-g quay.io\n");
  expect_success({.argv = {"cmake", "--install", build.string(), "--prefix", folder.path().string()}});
  EXPECT_EQ(test::read_text(folder / "etc/eulerpublisher/sync.env"), "SYNC_OPTIONS=-g quay.io\n");
}

}  // namespace
}  // namespace eulerpublisher
