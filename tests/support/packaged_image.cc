#include "support/packaged_image.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/places.h"

namespace eulerpublisher::test {
namespace {

namespace fs = std::filesystem;

Ran run_well(const Command& command) {
  Ran ran = run(command);
  EXPECT_TRUE(ran.ok()) << command.argv[0] << ": " << ran.out << ran.err;
  return ran;
}

}  // namespace

std::optional<std::string> PackagedImage::hindrance() {
  for (const char* program : {"rpm", "rpmbuild", "dnf", "createrepo_c", "dpkg"})
    if (!have_program(program)) return fmt::format("{} is not installed", program);
  if (!RunnableImage::can_be_made(*Platform::parse("amd64"))) return "there is no busybox (EP_BUSYBOX)";
  if (Platform::parse("amd64")->machine() != run({.argv = {"uname", "-m"}}).out.substr(0, 6))
    return "this machine's programs are not for amd64";
  return std::nullopt;
}

PackagedImage::PackagedImage() {
  const fs::path& root = image_.root();
  run_well({.argv = {(source_folder() / "tests/support/debian-root.sh").string(), root.string(), "bash",
                     "rpm", "rpm-common", "dnf", "python3-dnf", "python3-hawkey", "python3-libdnf", "libdnf2",
                     "libdnf2-common", "python3-libcomps", "python3-gpg", "python3-rpm", "python3-minimal",
                     "python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib"}});
  fs::remove(root / "usr/bin/sh");
  fs::create_symlink("bash", root / "usr/bin/sh");
  // Debian's rpm looks for its database in a person's home.
  fs::create_directories(root / "etc/rpm");
  fs::create_directories(root / "var/lib/rpm");
  fs::create_directories(root / "var/cache");
  fs::create_directories(root / "etc/yum.repos.d");
  fs::create_directories(root / "etc/dnf");
  write_text(root / "etc/rpm/macros", "%_dbpath /var/lib/rpm\n");
  write_text(root / "etc/dnf/dnf.conf", "[main]\ngpgcheck=0\nretries=1\ntimeout=10\n");
  build("tool", "/usr/bin/tool", "Provides: system-release = 24.03\n");
  run_well(
      {.argv = {"rpm", "--root", root.string(), "--dbpath", "/var/lib/rpm", "-i", "--nodeps", "--ignoreos",
                "--nosignature", "--force-debian", (folder_ / "RPMS/x86_64/tool-1-1.x86_64.rpm").string()}});
  fs::create_directories(repository());
  for (const char* name : {"wget", "tar", "vim", "make"}) {
    build(name, fmt::format("/usr/share/{}-is-here", name));
    fs::rename(folder_ / fmt::format("RPMS/x86_64/{}-1-1.x86_64.rpm", name),
               repository() / fmt::format("{}.rpm", name));
  }
  run_well({.argv = {"createrepo_c", "-q", repository().string()}});
  // A server reads it as somebody else.
  run_well({.argv = {"chmod", "-R", "a+rX", folder_.path().string() + "/repository"}});
  fs::permissions(folder_.path(), fs::perms(0711), fs::perm_options::add);
}

void PackagedImage::build(const std::string& name, const std::string& file, const std::string& more) {
  fs::path spec = folder_ / (name + ".spec");
  write_text(spec,
             fmt::format("Name: {0}\nVersion: 1\nRelease: 1\nSummary: x\nLicense: x\nAutoReqProv: no\n{1}"
                         "%description\nx\n%install\nmkdir -p %{{buildroot}}$(dirname {2})\n"
                         "echo 'echo {0}' >%{{buildroot}}{2}\nchmod 755 %{{buildroot}}{2}\n%files\n{2}\n",
                         name, more, file));
  run_well({.argv = {"rpmbuild", "-bb", "--quiet", "--target", "x86_64", "--define",
                     "_topdir " + folder_.path().string(), "--define", "_build_id_links none", "--define",
                     "debug_package %{nil}", spec.string()}});
}

void PackagedImage::set_repository(const std::string& url) {
  fs::path file = image_.root() / "etc/yum.repos.d/local.repo";
  fs::remove(file);
  if (!url.empty()) write_text(file, fmt::format("[local]\nname=local\nbaseurl={}\nenabled=1\n", url));
}

}  // namespace eulerpublisher::test
