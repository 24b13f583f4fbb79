#include "stream/tar_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <cerrno>

namespace eulerpublisher {
namespace {

// libarchive turns names in pax headers, which are UTF-8, into the charset of the thread's locale, and gives
// up on those it cannot.  So this thread's is UTF-8 for as long as this lives.
class Utf8Names {
 public:
  Utf8Names() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (utf8 != nullptr) before_ = uselocale(utf8);
  }
  ~Utf8Names() {
    if (before_ != nullptr) uselocale(before_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  locale_t before_ = nullptr;
};

std::string text_or_empty(const char* text) { return text == nullptr ? std::string{} : std::string(text); }

TarEntry::Type type_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return TarEntry::Type::hard_link;
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return TarEntry::Type::file;
    case AE_IFDIR:
      return TarEntry::Type::folder;
    case AE_IFLNK:
      return TarEntry::Type::symbolic_link;
    case AE_IFCHR:
      return TarEntry::Type::character_device;
    case AE_IFBLK:
      return TarEntry::Type::block_device;
    case AE_IFIFO:
      return TarEntry::Type::fifo;
    default:
      return TarEntry::Type::other;
  }
}

TarEntry entry_of(archive_entry* from) {
  TarEntry entry;
  entry.name = text_or_empty(archive_entry_pathname(from));
  entry.type = type_of(from);
  if (entry.type == TarEntry::Type::hard_link) entry.link = text_or_empty(archive_entry_hardlink(from));
  if (entry.type == TarEntry::Type::symbolic_link) entry.link = text_or_empty(archive_entry_symlink(from));
  entry.size = static_cast<uint64_t>(std::max<int64_t>(0, archive_entry_size(from)));
  entry.mode = archive_entry_perm(from);
  entry.uid = static_cast<uint64_t>(archive_entry_uid(from));
  entry.gid = static_cast<uint64_t>(archive_entry_gid(from));
  entry.user = text_or_empty(archive_entry_uname(from));
  entry.group = text_or_empty(archive_entry_gname(from));
  entry.seconds = archive_entry_mtime(from);
  entry.nanoseconds = static_cast<uint32_t>(archive_entry_mtime_nsec(from));
  if (entry.type == TarEntry::Type::character_device || entry.type == TarEntry::Type::block_device) {
    entry.device_major = static_cast<uint32_t>(archive_entry_rdevmajor(from));
    entry.device_minor = static_cast<uint32_t>(archive_entry_rdevminor(from));
  }
  entry.sparse = archive_entry_sparse_count(from) > 0;
  if (archive_entry_xattr_reset(from) > 0) {
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    while (archive_entry_xattr_next(from, &name, &value, &size) == ARCHIVE_OK)
      entry.xattrs[name] = std::string(static_cast<const char*>(value), size);
  }
  return entry;
}

}  // namespace

struct TarReader::Inside {
  Supply supply;
  std::unique_ptr<archive, decltype(&archive_read_free)> reader{archive_read_new(), &archive_read_free};
  std::optional<Error> failed;  // what the supply said
  bool opened = false;
  bool any = false;
  uint64_t offset = 0;  // within the entry's content

  static la_ssize_t read(archive* reader, void* self, const void** block) {
    auto* inside = static_cast<Inside*>(self);
    Result<Bytes> bytes = inside->supply();
    if (!bytes) {
      inside->failed = bytes.error();
      archive_set_error(reader, EIO, "the source failed");
      return -1;
    }
    *block = bytes->data();
    return static_cast<la_ssize_t>(bytes->size());
  }

  Done open() {
    if (opened) return {};
    opened = true;
    if (!reader) return unavailable("there is not enough memory to read a tar");
    archive_read_support_format_tar(reader.get());
    if (archive_read_open(reader.get(), this, nullptr, &Inside::read, nullptr) != ARCHIVE_OK) return error();
    return {};
  }

  Error error() {
    if (failed) return *failed;
    if (!any) return corrupt("it is not a tar");
    return corrupt("its tar is damaged: {}", text_or_empty(archive_error_string(reader.get())));
  }
};

TarReader::TarReader(Supply supply) : inside_(std::make_unique<Inside>()) {
  inside_->supply = std::move(supply);
}

TarReader::~TarReader() = default;

Result<std::optional<TarEntry>> TarReader::next() {
  Utf8Names utf8;
  TRY(inside_->open());
  archive_entry* entry = nullptr;
  int code = archive_read_next_header(inside_->reader.get(), &entry);
  if (inside_->failed) return *inside_->failed;
  if (code == ARCHIVE_EOF) return std::nullopt;
  if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return inside_->error();
  inside_->any = true;
  inside_->offset = 0;
  TarEntry found = entry_of(entry);
  if (found.name.empty()) return corrupt("its tar is damaged: an entry has no name");
  return found;
}

Result<Bytes> TarReader::content() {
  while (true) {
    const void* block = nullptr;
    size_t size = 0;
    la_int64_t offset = 0;
    int code = archive_read_data_block(inside_->reader.get(), &block, &size, &offset);
    if (inside_->failed) return *inside_->failed;
    if (code == ARCHIVE_EOF) return Bytes{};
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return inside_->error();
    if (static_cast<uint64_t>(offset) != inside_->offset)
      return unsupported("its tar has an entry with holes (a sparse file), which is not read here");
    inside_->offset += size;
    if (size > 0) return Bytes(static_cast<const std::byte*>(block), size);
  }
}

}  // namespace eulerpublisher
