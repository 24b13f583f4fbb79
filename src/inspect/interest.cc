#include "inspect/interest.h"

#include <algorithm>
#include <array>

namespace eulerpublisher {
namespace {

template <size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& all) {
  return std::ranges::find(all, text) != all.end();
}

// Files that conversions and checks read.
bool is_read_whole(std::string_view path) {
  static constexpr std::array<std::string_view, 19> names{"etc/bashrc",
                                                          "etc/bash.bashrc",
                                                          "etc/profile",
                                                          "etc/passwd",
                                                          "etc/passwd-",
                                                          "etc/shadow",
                                                          "etc/shadow-",
                                                          "etc/group",
                                                          "etc/group-",
                                                          "etc/gshadow",
                                                          "etc/gshadow-",
                                                          "etc/shells",
                                                          "etc/yum.conf",
                                                          "etc/dnf/dnf.conf",
                                                          "etc/timezone",
                                                          "etc/machine-id",
                                                          "etc/resolv.conf",
                                                          "etc/localtime",
                                                          "var/lib/dbus/machine-id"};
  std::string_view folder = folder_of(path), base = base_of(path);
  return is_one_of(path, names) || base.find("os-release") != base.npos ||
         (folder == "etc/yum.repos.d" && base.ends_with(".repo")) ||
         (folder == "etc/profile.d" && base.ends_with(".sh"));
}

// Of SQLite with what is not yet in it, of ndb, and of Berkeley DB.
constexpr std::array<std::string_view, 4> databases{"rpmdb.sqlite", "rpmdb.sqlite-wal", "Packages.db",
                                                    "Packages"};

bool is_library_of_all(std::string_view base) {
  return base.starts_with("libc.so.") || base.starts_with("libc-2.") || base.starts_with("ld-linux") ||
         base.starts_with("ld-musl");
}

}  // namespace

std::string_view folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view base_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool holds_programs(std::string_view folder) {
  static constexpr std::array<std::string_view, 6> folders{"bin",      "sbin",          "usr/bin",
                                                           "usr/sbin", "usr/local/bin", "usr/local/sbin"};
  return is_one_of(folder, folders);
}

bool holds_packages(std::string_view folder) {
  return folder == "var/lib/rpm" || folder == "usr/lib/sysimage/rpm";
}

Interest interest_in(std::string_view path, const TarEntry& entry) {
  Interest interest;
  bool file = entry.type == TarEntry::Type::file;
  interest.database = file && holds_packages(folder_of(path)) && is_one_of(base_of(path), databases);
  interest.content = file && is_read_whole(path) && entry.size <= largest_whole_file;
  interest.entry = interest.content || interest.database || path == "etc" || path == "etc/localtime" ||
                   !entry.xattrs.empty();
  interest.machine = file && (holds_programs(folder_of(path)) || is_library_of_all(base_of(path)));
  return interest;
}

}  // namespace eulerpublisher
