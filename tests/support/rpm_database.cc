#include "support/rpm_database.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

namespace eulerpublisher::test {
namespace {

std::string spec_of(const std::map<std::string, std::string>& versions) {
  std::string spec, files;
  for (auto& [name, version] : versions) {
    size_t dash = version.find('-');
    std::string of_it = fmt::format("Version: {}\nRelease: {}\nSummary: x\nLicense: x\n",
                                    version.substr(0, dash), version.substr(dash + 1));
    bool first = spec.empty();
    spec += first ? fmt::format("Name: {}\n{}%description\nx\n", name, of_it)
                  : fmt::format("%package -n {0}\n{1}%description -n {0}\nx\n", name, of_it);
    files += first ? std::string("%files\n") : fmt::format("%files -n {}\n", name);
  }
  return spec + files;
}

std::string little(uint32_t number) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(number >> (8 * i));
  return bytes;
}

std::string hex_of(const std::string& bytes) {
  std::string hex;
  for (unsigned char byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

void run_well(const Command& command) {
  Ran ran = run(command);
  ASSERT_TRUE(ran.ok()) << command.argv[0] << ": " << ran.out << ran.err;
}

}  // namespace

std::map<std::string, std::string> base_packages() {
  return {{"bash", "5.2.15-9.oe2403sp1"},
          {"coreutils", "9.4-5.oe2403sp1"},
          {"dnf", "4.16.2-4.oe2403sp1"},
          {"glibc", "2.38-47.oe2403sp1"},
          {"openEuler-release", "24.03LTS_SP1-55.oe2403sp1"}};
}

RpmDatabase::RpmDatabase(const std::map<std::string, std::string>& versions, const std::string& architecture,
                         bool is_signed) {
  std::string top = folder_.path().string(), database = (folder_ / "db").string();
  auto shell = [&](const std::string& script) {
    run_well({.argv = {"sh", "-ec", script},
              .env = {{"GNUPGHOME", top + "/gpg"}, {"HOME", top}},
              .folder = folder_.path()});
  };
  write_text(folder_ / "p.spec", spec_of(versions));
  run_well({.argv = {"rpmbuild", "-bb", "--quiet", "--target", architecture, "--define", "_topdir " + top,
                     "--define", "_build_id_links none", "--define", "debug_package %{nil}",
                     (folder_ / "p.spec").string()}});
  if (is_signed)
    shell(
        "mkdir -m 700 gpg; gpg --batch --quiet --passphrase '' --quick-gen-key test rsa2048 sign\n"
        "rpmsign --addsign --define '_gpg_name test' --define '__gpg /usr/bin/gpg' RPMS/*/*.rpm >/dev/null\n"
        "gpg --export -a test >key.asc; mkdir db; rpm --dbpath $PWD/db --import key.asc; gpgconf --kill all");
  shell("mkdir -p db; rpm --dbpath " + database +
        " -i --justdb --nodeps --ignorearch --ignoreos --nosignature --force-debian RPMS/*/*.rpm");
}

bool RpmDatabase::can_make(DatabaseKind kind) {
  if (!have_program("rpmbuild") || !have_program("rpm")) return false;
  if (kind == DatabaseKind::sqlite) return true;
  return have_program("sqlite3") && (kind == DatabaseKind::ndb || have_program("db5.3_load"));
}

std::string RpmDatabase::path_of(DatabaseKind kind) {
  switch (kind) {
    case DatabaseKind::sqlite:
      return "var/lib/rpm/rpmdb.sqlite";
    case DatabaseKind::ndb:
      return "usr/lib/sysimage/rpm/Packages.db";
    case DatabaseKind::berkeley:
      return "var/lib/rpm/Packages";
  }
  return {};
}

std::string RpmDatabase::bytes(DatabaseKind kind) const {
  if (kind == DatabaseKind::ndb) return ndb();
  if (kind == DatabaseKind::berkeley) return berkeley();
  return read_text(folder_ / "db/rpmdb.sqlite");
}

std::string RpmDatabase::without(const std::string& package) const {
  TempFolder copy{"ep-rpm"};
  std::filesystem::copy(folder_ / "db", copy / "db");
  run_well({.argv = {"rpm", "--dbpath", (copy / "db").string(), "-e", "--justdb", "--nodeps", package}});
  return read_text(copy / "db/rpmdb.sqlite");
}

std::map<unsigned, std::string> RpmDatabase::headers() const {
  Ran ran = run(
      {.argv = {"sqlite3", (folder_ / "db/rpmdb.sqlite").string(), "select hnum, hex(blob) from Packages"}});
  std::map<unsigned, std::string> headers;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) {
    size_t bar = line.find('|');
    headers[static_cast<unsigned>(std::stoul(line.substr(0, bar)))] = from_hex(line.substr(bar + 1));
  }
  return headers;
}

// As rpm's lib/backend/ndb writes it: one page of slots, then the headers in blocks of 16 bytes.
std::string RpmDatabase::ndb() const {
  std::string slots = "RpmP" + little(0) + little(1) + little(1) + little(100) + std::string(12, '\0');
  std::string blobs;
  for (auto& [number, header] : headers()) {
    std::string blob =
        "BlbS" + little(number) + little(1) + little(static_cast<uint32_t>(header.size())) + header;
    blob += std::string((16 - (blob.size() + 12) % 16) % 16, '\0');
    blob += little(0) + little(static_cast<uint32_t>(header.size())) + "BlbE";
    slots += "Slot" + little(number) + little(static_cast<uint32_t>((4096 + blobs.size()) / 16)) +
             little(static_cast<uint32_t>(blob.size() / 16));
    blobs += blob;
  }
  while (slots.size() < 4096) slots += "Slot" + std::string(12, '\0');
  return slots + blobs;
}

std::string RpmDatabase::berkeley() const {
  std::string dump = "VERSION=3\nformat=bytevalue\ntype=hash\nHEADER=END\n";
  dump += " " + hex_of(little(0)) + "\n " + hex_of(little(100)) + "\n";
  for (auto& [number, header] : headers())
    dump += " " + hex_of(little(number)) + "\n " + hex_of(header) + "\n";
  write_text(folder_ / "dump", dump + "DATA=END\n");
  run_well({.argv = {"db5.3_load", "-f", (folder_ / "dump").string(), (folder_ / "Packages").string()}});
  return read_text(folder_ / "Packages");
}

}  // namespace eulerpublisher::test
