#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "support/process.h"

namespace eulerpublisher::test {

// Files by their paths below a folder, and what they hold.
using FileTree = std::map<std::string, std::string>;

// Writes them all, with the folders that they need.
inline void write_tree(const std::filesystem::path& folder, const FileTree& files) {
  for (const auto& [path, text] : files) {
    std::filesystem::create_directories((folder / path).parent_path());
    write_text(folder / path, text);
  }
}

}  // namespace eulerpublisher::test
