#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "check/check.h"

namespace eulerpublisher {

// A number before and after.
struct Amount {
  uint64_t before = 0;
  uint64_t after = 0;

  // 0.25 is a quarter more; negative: less.  Nothing when there was nothing before.
  std::optional<double> growth() const;
};

// What lies in a folder, two levels deep (`usr/lib64`), in bytes; what lies in none counts for `/`.
struct FolderChange {
  std::string folder;
  Amount bytes;
};

// A package that came, went or has another version; a version that is empty: it is not there.
struct PackageChange {
  std::string name;
  std::string architecture;
  std::string before;
  std::string after;
};

struct FileChange {
  enum class Kind { added, removed, changed };
  std::string name;
  Kind kind = Kind::changed;
  std::string what;  // `size 10 -> 12, mode 0644 -> 0755`
};
std::string_view name_of(FileChange::Kind kind);

// One line of a configuration: `Env PATH`, `Cmd`, `Label vendor`.  Empty: it is not there.
struct SettingChange {
  std::string name;
  std::string before;
  std::string after;
};

// One platform, as it was and as it is.
struct PlatformComparison {
  Platform platform;
  Amount layers;       // how many
  Amount layer_bytes;  // as they travel
  std::vector<SettingChange> configuration;

  // Known only when the layers of both have been read.
  bool contents_known = false;
  Amount files;                          // how many, folders and links too
  Amount file_bytes;                     // of all files together
  std::vector<FolderChange> folders;     // what changed most first
  std::vector<FileChange> file_changes;  // by name

  // Known only when both have an rpm database that could be read.
  bool packages_known = false;
  Amount packages;                             // how many
  std::vector<PackageChange> package_changes;  // by name
};

// What became different between two images: a value, and all that reports of it are made from.
struct Comparison {
  Digest before;
  Digest after;
  std::vector<Platform> lost;
  std::vector<Platform> gained;
  std::vector<PlatformComparison> platforms;  // those that both have
};

// Pure.  Looks at whatever has been read of both.
Comparison compare(const CheckedImage& before, const CheckedImage& after);

}  // namespace eulerpublisher
