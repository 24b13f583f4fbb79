#pragma once

#include <cstdint>
#include <string_view>

#include "stream/tar_reader.h"

namespace eulerpublisher {

// Files larger than this are neither kept whole nor searched for secrets.
inline constexpr uint64_t largest_whole_file = 1 << 20;

// Databases of packages larger than this are not kept.
inline constexpr uint64_t largest_database = 512 << 20;

// The parts of a plain name: `etc/yum.repos.d` and `x.repo`.
std::string_view folder_of(std::string_view path);
std::string_view base_of(std::string_view path);

// Folders from which people start programs: bin, usr/bin and the like.
bool holds_programs(std::string_view folder);

// Folders in which an rpm database may lie.
bool holds_packages(std::string_view folder);

// What an inspection wants of an entry beside what every FileFact says.
struct Interest {
  bool entry = false;     // all that the tar says on it
  bool content = false;   // the whole file, if it is no larger than largest_whole_file
  bool database = false;  // a file of an rpm database: the whole of it, on disk
  bool machine = false;   // e_machine
};
Interest interest_in(std::string_view path, const TarEntry& entry);

}  // namespace eulerpublisher
