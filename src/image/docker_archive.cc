#include "image/docker_archive.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace eulerpublisher {
namespace {

constexpr size_t most_other_names = 5;
constexpr uint64_t most_document = 4 << 20;  // bytes, of one JSON member
constexpr int most_links = 16;

struct Magic {
  std::string_view bytes;
  std::string_view name;
};
constexpr std::array<Magic, 4> compressions{{
    {std::string_view("\x1f\x8b", 2), "gzip"},
    {std::string_view("\x28\xb5\x2f\xfd", 4), "zstd"},
    {std::string_view("\xfd"
                      "7zXZ",
                      5),
     "xz"},
    {std::string_view("BZh", 3), "bzip2"},
}};

// Where a link leads that stands in `folder`; nothing when that is outside.
std::optional<std::string> link_target(std::string_view folder, std::string_view target) {
  if (target.starts_with('/')) return std::nullopt;
  std::string path(folder);
  while (!target.empty()) {
    size_t slash = std::min(target.find('/'), target.size());
    std::string_view part = target.substr(0, slash);
    target.remove_prefix(std::min(slash + 1, target.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (path.empty()) return std::nullopt;
      path.resize(path.rfind('/') == path.npos ? 0 : path.rfind('/'));
      continue;
    }
    if (!path.empty()) path += '/';
    path += part;
  }
  return path;
}

std::string_view folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view{} : path.substr(0, slash);
}

bool is_blob(std::string_view name) { return name.starts_with("blobs/sha256/"); }

bool is_document_name(std::string_view name) { return name.ends_with(".json") || name == "oci-layout"; }

bool is_layer_name(std::string_view name) {
  return name.ends_with(".tar") || name.ends_with(".tar.gz") || name.ends_with(".tgz") ||
         name.ends_with(".tar.zst");
}

// A tar says `ustar` in its first header, so a layer whose first name begins like JSON is still told from it.
bool looks_like_json(std::string_view head) {
  return !head.empty() && (head[0] == '{' || head[0] == '[') &&
         head.substr(std::min<size_t>(257, head.size()), 5) != "ustar";
}

class ArchiveReading {
 public:
  ArchiveReading(TarReader::Supply supply, LayerIntake& intake, const ArchiveLimits& limits)
      : tar_(std::move(supply)), intake_(intake), limits_(limits) {}

  Result<DockerArchive> run() {
    while (auto entry = TRY(tar_.next())) {
      if (++members_ > limits_.members) return corrupt("it has more than {} members", limits_.members);
      TRY(take(*entry));
    }
    return std::move(archive_);
  }

 private:
  Done take(const TarEntry& entry) {
    if (std::max(entry.name.size(), entry.link.size()) > limits_.name)
      return corrupt("it has a name or link longer than {} bytes, at '{}'", limits_.name,
                     entry.name.substr(0, 60));
    std::optional<std::string> name = plain_name(entry.name);
    if (!name || entry.name.starts_with('/'))
      return corrupt("it has a member named '{}', which would lie outside of it", entry.name);
    if (entry.type == TarEntry::Type::folder) return {};
    if (!names_.insert(*name).second) return corrupt("it has two members named '{}'", *name);
    switch (entry.type) {
      case TarEntry::Type::symbolic_link:
        return take_link(*name, entry.link, link_target(folder_of(*name), entry.link));
      case TarEntry::Type::hard_link:
        return take_link(*name, entry.link, link_target("", entry.link));
      case TarEntry::Type::file:
        return take_file(*name, entry.size);
      default:
        return corrupt("its member '{}' is neither a file nor a folder nor a link", *name);
    }
  }

  Done take_link(const std::string& name, const std::string& written, std::optional<std::string> target) {
    if (!target) return corrupt("the link '{}' points out of the archive, to '{}'", name, written);
    archive_.links[name] = *target;
    return {};
  }

  Done take_file(const std::string& name, uint64_t size) {
    if (is_layer_name(name) || is_blob(name)) return take_blob(name, size);
    if (is_document_name(name)) return take_document(name, size, {});
    if (archive_.others.size() < most_other_names) archive_.others.insert(name);
    return {};
  }

  // Keeps a member in memory; `head` is what has been read of it.
  Done take_document(const std::string& name, uint64_t size, std::string head) {
    documents_ += size;
    if (size > most_document || documents_ > limits_.documents)
      return corrupt("its document '{}' has {} bytes, more than an archive should need", name, size);
    std::string text = std::move(head);
    while (true) {
      Bytes bytes = TRY(tar_.content());
      if (bytes.empty()) break;
      text.append(as_text(bytes));
    }
    archive_.documents[name] = std::move(text);
    return {};
  }

  // Fills the piece as far as there is content; what does not fit waits for the next.
  Done fill(Chunk& piece) {
    while (!piece.full()) {
      if (waiting_.empty()) waiting_ = TRY(tar_.content());
      if (waiting_.empty()) return {};
      size_t count = std::min(waiting_.size(), piece.room().size());
      std::memcpy(piece.room().data(), waiting_.data(), count);
      piece.grow(count);
      waiting_ = waiting_.subspan(count);
    }
    return {};
  }

  Done take_blob(const std::string& name, uint64_t size) {
    waiting_ = {};
    auto piece = TRY(intake_.piece());
    TRY(fill(*piece));
    std::string_view head = as_text(piece->bytes());
    if (is_blob(name) && size <= most_document && looks_like_json(head)) {
      std::string copy(head);
      copy.append(as_text(waiting_));
      waiting_ = {};
      return take_document(name, size, std::move(copy));
    }
    for (const Magic& magic : compressions) {
      if (!head.starts_with(magic.bytes)) continue;
      archive_.compressed[name] = magic.name;
      return {};
    }
    if (archive_.layers.size() >= limits_.layers)
      return corrupt("it has more than {} files that may be layers", limits_.layers);
    auto taking = TRY(intake_.start(name));
    while (piece->size() > 0) {
      bool more = piece->full();
      TRY(taking->add(std::move(piece)));
      if (!more) break;
      piece = TRY(intake_.piece());
      TRY(fill(*piece));
    }
    archive_.layers.emplace(name, TRY(taking->finish()));
    return {};
  }

  TarReader tar_;
  LayerIntake& intake_;
  const ArchiveLimits& limits_;
  DockerArchive archive_;
  std::set<std::string> names_;
  Bytes waiting_;
  uint64_t members_ = 0;
  uint64_t documents_ = 0;
};

}  // namespace

std::optional<std::string> DockerArchive::resolve(std::string name) const {
  for (int i = 0; i < most_links; ++i) {
    auto link = links.find(name);
    if (link == links.end()) return name;
    name = link->second;
  }
  return std::nullopt;
}

Result<DockerArchive> read_docker_archive(TarReader::Supply supply, LayerIntake& intake,
                                          const ArchiveLimits& limits) {
  return ArchiveReading(std::move(supply), intake, limits).run();
}

}  // namespace eulerpublisher
