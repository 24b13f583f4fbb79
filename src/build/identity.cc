#include "build/identity.h"

#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "stream/hashing.h"
#include "stream/stream.h"

namespace eulerpublisher::build {

namespace fs = std::filesystem;

namespace {

// Another one when the same ingredients give another image: what we ask of engines, how we compress, which
// labels there are.
constexpr const char* doing = "eulerpublisher-build-1";

constexpr uint64_t largest_file = 16ull << 30;

Result<Digest> hash_file(const fs::path& path, uint64_t size) {
  FileBlob file(path.string(), {"", digest_of(""), size, {}, {}});
  auto source = TRY(file.open(0, {}));
  HashingSource hashing(*source);
  return hashing.digest();
}

// One line for each entry: kind, permission bits, what it holds, name.
Result<std::string> line_of(const fs::path& path, const std::string& name) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return system_error(errno, "reading " + path.string());
  unsigned mode = status.st_mode & 07777;
  if (S_ISDIR(status.st_mode)) return fmt::format("folder {:o} {}", mode, name);
  if (S_ISLNK(status.st_mode)) {
    std::error_code failed;
    fs::path target = fs::read_symlink(path, failed);
    if (failed) return system_error(failed.value(), "reading " + path.string());
    return fmt::format("link {} {}", target.string(), name);
  }
  if (!S_ISREG(status.st_mode))
    return invalid("{} is neither a file nor a folder nor a link: it cannot be built from", path.string());
  uint64_t size = std::min<uint64_t>(static_cast<uint64_t>(status.st_size), largest_file);
  return fmt::format("file {:o} {} {}", mode, TRY(hash_file(path, size)).text(), name);
}

}  // namespace

Result<Digest> hash_context(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    names.push_back(at->path().lexically_relative(folder).string());
  if (failed) return system_error(failed.value(), "reading " + folder.string());
  std::ranges::sort(names);
  nlohmann::json lines = nlohmann::json::array();
  for (const std::string& name : names) lines.push_back(TRY(line_of(folder / name, name)));
  return digest_of(lines.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Digest identity_of(const Ingredients& ingredients) {
  nlohmann::json all{{"doing", doing},
                     {"context", ingredients.context.text()},
                     {"dockerfile", digest_of(ingredients.dockerfile).text()},
                     {"arguments", ingredients.arguments},
                     {"engine", ingredients.engine},
                     {"platform", ingredients.platform.text()},
                     {"bases", nlohmann::json::object()}};
  for (const auto& [name, digest] : ingredients.bases) all["bases"][name] = digest.text();
  return digest_of(all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Digest identity_of(const std::map<Platform, Digest>& platforms) {
  nlohmann::json all = nlohmann::json::object();
  for (const auto& [platform, digest] : platforms) all[platform.text()] = digest.text();
  return digest_of(all.dump());
}

}  // namespace eulerpublisher::build
