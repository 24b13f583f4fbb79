#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oci/digest.h"
#include "oci/platform.h"

namespace eulerpublisher::test {

// A file of a root file system, or a member of an archive.
struct MadeFile {
  std::string path = {};     // a folder when it ends with '/'
  std::string content = {};  // of a file
  uint32_t mode = 0;         // 0: 0644 for files, 0755 for folders, 0777 for links
  std::string link = {};     // not empty: a symbolic link to there
  bool hard = false;         // a hard link instead
  uint32_t uid = 0;
  uint32_t gid = 0;
  int64_t mtime = 1717236000;  // 2024-06-01T10:00:00Z
  std::map<std::string, std::string> xattrs = {};
};
using MadeFiles = std::vector<MadeFile>;

// The files in this order as a tar, written by libarchive.
std::string make_tar(const MadeFiles& files);

// A small root file system as openEuler's are: os-release, bashrc with TMOUT=300, a time zone of
// Asia/Shanghai, an ELF head as /usr/bin/bash, merged /usr.  `os_version` is VERSION as os-release has it:
// `24.03 (LTS-SP1)`.
MadeFiles small_root(const Platform& platform, const std::string& os_version);
// The first bytes of a program for that processor.
std::string elf_head(const Platform& platform);
// `24.03-LTS-SP1` as os-release says it: `24.03 (LTS-SP1)`.
std::string os_version_of(const std::string& version);

// xz-compressed; in blocks of that many bytes, or in one.
std::string xz(const std::string& bytes, uint64_t block = 0);

// The archive of one image, true unless it is told to lie.
struct ArchiveRecipe {
  enum class Form {
    skopeo,         // <sha>.tar, <sha>.json, <id>/layer.tar a link
    docker_save,    // <id>/layer.tar are the files
    docker_save_25  // an OCI layout with a manifest.json
  };
  Form form = Form::skopeo;
  Platform platform;
  std::vector<MadeFiles> layers;                          // the lowest first
  std::vector<std::string> layer_tars;                    // used instead of `layers` when not empty
  std::string created = "2024-06-01T10:00:00Z";           // empty: absent
  std::string run = R"({"Env":["PATH=/usr/bin:/bin"]})";  // `config` of the configuration, JSON
  std::string extra;    // more members of the configuration: `"docker_version":"18.09.0",`
  std::string history;  // JSON; empty: one entry for each layer
  bool manifest_first = false;
  uint64_t xz_block = 0;  // bytes; 0: one block

  // Lies.
  std::optional<Platform> stated_platform;   // in the configuration
  std::vector<std::string> stated_diff_ids;  // in the configuration
  // Changes the members of the archive before they are written.
  std::function<void(MadeFiles& members)> twist;
};

// The recipe of a true archive of small_root().
ArchiveRecipe small_archive(const Platform& platform, const std::string& version = "24.03-LTS-SP1");

// The members of the archive, in order, before `twist`.
MadeFiles make_members(const ArchiveRecipe& recipe);
// openEuler-docker.ARCH.tar.xz.
std::string make_archive(const ArchiveRecipe& recipe);
// What sha256sum prints for it.
std::string checksum_line(const std::string& archive, const std::string& file_name);

}  // namespace eulerpublisher::test
