#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>

#include "inspect/root_view.h"
#include "rpm/package_list.h"

namespace eulerpublisher {

// The first argument of the process that reads, and the statuses with which it says that a database is
// damaged and that it could not look.  With any other, librpm has given up: at some damages it ends its
// process.
inline constexpr const char* reader_command = "read-rpm-database";
inline constexpr int reader_refuses = 5, reader_cannot_look = 6;

// The packages of a root file system; nothing when it has no rpm database.  The few files of the database, as
// the inspection of the layers kept them, are laid into a folder of their own for as long as it takes, and
// read by `program` (this program: /proc/self/exe), a process without secrets in its environment and with
// little that it may do (docs/decisions/0005).  `corrupt` when the database cannot be read, `unavailable`
// when nobody could look at it, `cancelled`.
Result<std::optional<PackageList>> read_packages(const RootView& root, const std::filesystem::path& program,
                                                 std::stop_token stop);

// The same with this very program as the reader.
inline Result<std::optional<PackageList>> packages_of_root(const RootView& root, std::stop_token stop) {
  return read_packages(root, "/proc/self/exe", std::move(stop));
}

}  // namespace eulerpublisher
