#include "inspect/layer_inspector.h"

#include <algorithm>
#include <limits>

#include "inspect/elf.h"
#include "inspect/interest.h"
#include "inspect/secrets.h"

namespace eulerpublisher {
namespace {

constexpr uint64_t most_kept = 256 << 20;    // bytes of one report
constexpr uint64_t most_content = 16 << 20;  // bytes of the files that are kept in it
constexpr uint64_t least_secret = 16;        // bytes

uint32_t narrow(uint64_t id) {
  return static_cast<uint32_t>(std::min<uint64_t>(id, std::numeric_limits<uint32_t>::max()));
}

}  // namespace

LayerInspector::LayerInspector() : report_(std::make_shared<LayerReport>()) {}

LayerInspector::~LayerInspector() = default;

Done LayerInspector::count(uint64_t bytes) {
  kept_bytes_ += bytes;
  if (kept_bytes_ > most_kept) return corrupt("it has more files than any root file system");
  return {};
}

Result<bool> LayerInspector::whiteout(std::string_view folder, std::string_view base) {
  if (!base.starts_with(".wh.")) return false;
  TRY(count(folder.size() + base.size() + sizeof(std::string)));
  if (base == ".wh..wh..opq") {
    report_->hidden.emplace_back(folder);
  } else {
    std::string removed = folder.empty() ? "" : std::string(folder) + "/";
    report_->removed.push_back(removed.append(base.substr(4)));
  }
  return true;
}

Result<uint64_t> LayerInspector::entry(const TarEntry& entry) {
  interest_ = {};
  searched_ = false;
  std::optional<std::string> name = plain_name(entry.name);
  bool leads_out = entry.type == TarEntry::Type::hard_link && !plain_name(entry.link);
  if (!name || entry.name.starts_with('/') || leads_out) {
    TRY(count(entry.name.size() + sizeof(std::string)));
    report_->unsafe_names.push_back(entry.name);
    if (!name) return 0;
  }
  if (TRY(whiteout(folder_of(*name), base_of(*name)))) return 0;

  FileFact fact{
      *name,      entry.link, entry.size, entry.seconds, entry.mode, narrow(entry.uid), narrow(entry.gid),
      entry.type, {},         {}};
  TRY(count(sizeof(FileFact) + name->size() + entry.link.size()));
  interest_ = interest_in(*name, entry);
  kept_.reset();
  if (interest_.entry) {
    kept_ = std::make_shared<KeptFile>(KeptFile{entry, {}});
    kept_->entry.name = *name;
    fact.kept = kept_;
    TRY(count(sizeof(KeptFile)));
    for (auto& [key, value] : entry.xattrs) TRY(count(key.size() + value.size()));
  }
  report_->files.push_back(std::move(fact));
  if (entry.type != TarEntry::Type::file) return 0;
  if (interest_.database) return begin_to_spill(entry) ? entry.size : 0;
  searched_ = entry.size >= least_secret && entry.size < largest_whole_file && !entry.sparse;
  if (interest_.content || searched_) return std::max<uint64_t>(entry.size, 1);
  return interest_.machine ? elf_head : 0;
}

bool LayerInspector::begin_to_spill(const TarEntry& entry) {
  if (entry.sparse || entry.size > largest_database) {
    kept_->not_spilled = entry.sparse ? "it has holes (a sparse file)" : "it is too large";
    return false;
  }
  auto spilled = SpilledFile::create();
  if (!spilled) {
    kept_->not_spilled = spilled.error().text();
    return false;
  }
  spilled_ = std::move(*spilled);
  if (entry.size == 0) kept_->spilled = std::move(spilled_);
  return entry.size > 0;
}

Done LayerInspector::content(Bytes bytes) {
  if (interest_.database) {
    if (!spilled_) return {};
    // A disk that is full is no fault of the layer.
    if (Done written = spilled_->write(bytes); !written) {
      kept_->not_spilled = written.error().text();
      spilled_.reset();
    }
    return {};
  }
  // Most files lie together in the buffer they came in, and are looked at there.
  if (gathered_.empty() && bytes.size() >= report_->files.back().size) return look(as_text(bytes));
  gathered_.append(as_text(bytes));
  return {};
}

Done LayerInspector::content_end() {
  if (interest_.database) {
    if (spilled_) kept_->spilled = std::move(spilled_);
    return {};
  }
  if (!gathered_.empty()) TRY(look(gathered_));
  gathered_.clear();
  // A file without a byte has a content, too.
  if (interest_.content && !kept_->content) kept_->content.emplace();
  return {};
}

Done LayerInspector::look(std::string_view content) {
  FileFact& fact = report_->files.back();
  if (interest_.machine) fact.machine = elf_machine(content);
  if (interest_.content) {
    content_bytes_ += content.size();
    if (content_bytes_ > most_content)
      return corrupt("it has more in os-release, passwd and files of that kind than any root file system");
    kept_->content = std::string(content);
  }
  if (!searched_) return {};
  for (SecretFound& found : find_secrets(content)) {
    found.file = fact.name;
    TRY(count(sizeof(SecretFound) + found.file.size()));
    report_->secrets.push_back(std::move(found));
  }
  return {};
}

Done LayerInspector::end() { return {}; }

}  // namespace eulerpublisher
