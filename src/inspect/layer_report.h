#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inspect/spilled_file.h"
#include "oci/digest.h"
#include "stream/tar_reader.h"

namespace eulerpublisher {

// One of the few entries of which more is wanted than FileFact says: everything the tar has on it, and the
// bytes of those that are read whole.
struct KeptFile {
  TarEntry entry;  // with its plain name
  std::optional<std::string> content;
  std::shared_ptr<const SpilledFile> spilled = {};  // the content of a database of packages
  std::string not_spilled = {};                     // why there is none
};

// What is known of every entry of a layer.
struct FileFact {
  std::string name;  // plain: from the root on, without `./`
  std::string link;  // where a link points to, as it stands there
  uint64_t size = 0;
  int64_t seconds = 0;  // modification time
  uint32_t mode = 0;    // permission bits, setuid and its kin
  uint32_t uid = 0;     // those beyond 32 bits are the largest
  uint32_t gid = 0;
  TarEntry::Type type = TarEntry::Type::file;
  std::optional<uint16_t> machine;       // e_machine of an ELF file, of programs and the C library
  std::shared_ptr<const KeptFile> kept;  // null for most

  // The content, for those that are read whole.
  const std::string* content() const { return kept && kept->content ? &*kept->content : nullptr; }
};

// A secret in a file.  What it is, never the secret itself.
struct SecretFound {
  std::string file;
  std::string kind;  // `a private key (RSA)`
  uint64_t line = 1;
};

// What one layer turned out to hold: a value, collected while the layer streamed by, and all that checks, the
// comparison of images and the conversion ever look at.  Of what it keeps only databases of packages are on
// disk.
struct LayerReport {
  std::vector<FileFact> files;            // in the order of the tar; entries that come twice stand here twice
  std::vector<std::string> removed;       // .wh.NAME (OCI image-spec, layer.md, "Whiteouts")
  std::vector<std::string> hidden;        // folders with .wh..wh..opq: what lower layers have in them
  std::vector<std::string> unsafe_names;  // as they stand in the tar: absolute, or with `..`
  std::vector<SecretFound> secrets;
};

}  // namespace eulerpublisher
