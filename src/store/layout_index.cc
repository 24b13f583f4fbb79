#include "store/layout_index.h"

#include <nlohmann/json.hpp>

#include "oci/document.h"
#include "oci/media_type.h"
#include "store/file_lock.h"
#include "stream/stream.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr uint64_t index_limit = 64 << 20;
constexpr const char* ref_name = "org.opencontainers.image.ref.name";
constexpr std::string_view layout_version = R"({"imageLayoutVersion":"1.0.0"})";

// Nesting is bounded so that a hostile document cannot exhaust the stack.
std::optional<Json> parse_bounded(std::string_view bytes) {
  int deepest = 0;
  auto guard = [&](int depth, Json::parse_event_t, Json&) {
    deepest = std::max(deepest, depth);
    return depth < 64;
  };
  Json json = Json::parse(bytes, guard, false);
  if (json.is_discarded() || deepest >= 64) return std::nullopt;
  return json;
}

Result<Json> read_index(const fs::path& path) {
  std::string bytes = TRY(read_file(path.string(), index_limit));
  // The strict reading first: it says what is wrong with an entry.
  TRY(Index::parse(bytes).within("reading {}", path.string()));
  std::optional<Json> json = parse_bounded(bytes);
  if (!json) return corrupt("{} is not a JSON object", path.string());
  return std::move(*json);
}

std::string name_of_entry(const Json& entry) {
  auto annotations = entry.find("annotations");
  if (annotations == entry.end() || !annotations->is_object()) return {};
  auto name = annotations->find(ref_name);
  return name != annotations->end() && name->is_string() ? name->get<std::string>() : std::string{};
}

Json entry_of(const std::string& name, Descriptor descriptor) {
  descriptor.annotations[ref_name] = name;
  return Json::parse(
      Index{std::string(media_type::index), {std::move(descriptor)}, {}}.print())["manifests"][0];
}

}  // namespace

LayoutIndex::LayoutIndex(fs::path folder, const NewFiles& files)
    : folder_(std::move(folder)), files_(files) {}

Done LayoutIndex::create() {
  std::error_code ignored;
  fs::path layout = folder_ / "oci-layout", index = folder_ / "index.json";
  if (!fs::exists(layout, ignored))
    TRY(files_.write(layout, layout_version, IfThere::keep_if_same_size, OnDisk::content));
  std::string bytes = TRY(read_file(layout.string(), index_limit));
  std::optional<Json> json = parse_bounded(bytes);
  if (!json || !json->is_object() || !json->contains("imageLayoutVersion") ||
      !(*json)["imageLayoutVersion"].is_string())
    return corrupt("{} does not say which version of the OCI image layout the folder has", layout.string());
  std::string version = (*json)["imageLayoutVersion"].get<std::string>();
  if (!version.starts_with("1."))
    return unsupported("{} says version {} of the OCI image layout, and we know version 1", layout.string(),
                       version);
  FileLock lock = TRY(FileLock::exclusive(folder_ / "index.lock"));
  if (fs::exists(index, ignored)) return {};
  return files_.write(index, Index{std::string(media_type::index), {}, {}}.print(), IfThere::replace,
                      OnDisk::content);
}

Result<bool> LayoutIndex::has(const std::string& name, const Descriptor& descriptor) const {
  Json index = TRY(read_index(folder_ / "index.json"));
  std::vector<Json> named;
  for (Json& entry : index["manifests"])
    if (name_of_entry(entry) == name) named.push_back(std::move(entry));
  return named.size() == 1 && named.front() == entry_of(name, descriptor);
}

Done LayoutIndex::set(const std::string& name, const Descriptor& descriptor) {
  FileLock lock = TRY(FileLock::exclusive(folder_ / "index.lock"));
  Json index = TRY(read_index(folder_ / "index.json"));
  Json entry = entry_of(name, descriptor);
  Json entries = Json::array();
  bool placed = false;
  for (Json& old : index["manifests"]) {
    if (name_of_entry(old) != name) {
      entries.push_back(std::move(old));
    } else if (!placed) {
      entries.push_back(entry);
      placed = true;
    }
  }
  if (!placed) entries.push_back(std::move(entry));
  index["manifests"] = std::move(entries);
  return files_.write(folder_ / "index.json", index.dump(), IfThere::replace, OnDisk::content_and_name);
}

Result<std::optional<Descriptor>> LayoutIndex::find(const std::string& name) const {
  auto entries = TRY(all());
  for (auto& [ref, descriptor] : entries)
    if (ref == name) return std::move(descriptor);
  return std::nullopt;
}

Result<std::vector<std::pair<std::string, Descriptor>>> LayoutIndex::all() const {
  fs::path path = folder_ / "index.json";
  std::string bytes = TRY(read_file(path.string(), index_limit));
  Index index = TRY(Index::parse(bytes).within("reading {}", path.string()));
  std::vector<std::pair<std::string, Descriptor>> entries;
  for (Descriptor& descriptor : index.manifests) {
    auto name = descriptor.annotations.find(ref_name);
    std::string text = name == descriptor.annotations.end() ? std::string{} : name->second;
    entries.emplace_back(std::move(text), std::move(descriptor));
  }
  return entries;
}

Done LayoutIndex::remove(const std::set<Digest>& digests) {
  FileLock lock = TRY(FileLock::exclusive(folder_ / "index.lock"));
  Json index = TRY(read_index(folder_ / "index.json"));
  Json entries = Json::array();
  for (Json& entry : index["manifests"]) {
    auto digest = Digest::parse(entry.at("digest").get<std::string>());
    if (!digest || !digests.contains(*digest)) entries.push_back(std::move(entry));
  }
  if (entries.size() == index["manifests"].size()) return {};
  index["manifests"] = std::move(entries);
  return files_.write(folder_ / "index.json", index.dump(), IfThere::replace, OnDisk::content_and_name);
}

std::set<Digest> digests_in(std::string_view json, std::optional<std::string_view> key) {
  std::set<Digest> found;
  std::optional<Json> parsed = parse_bounded(json);
  if (!parsed) return found;
  Json flat = parsed->flatten();
  for (auto& [pointer, value] : flat.items()) {
    if (!value.is_string() || (key && !pointer.ends_with(fmt::format("/{}", *key)))) continue;
    auto digest = Digest::parse(value.get_ref<const std::string&>());
    if (digest) found.insert(*digest);
  }
  return found;
}

}  // namespace eulerpublisher
