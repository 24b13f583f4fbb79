#include "engine/work_folder.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "process/run.h"

namespace eulerpublisher {

namespace fs = std::filesystem;

namespace {

// Short: podman wants paths of sockets below it.
constexpr std::string_view beginning = "ep-run.";

// A path as /proc/self/mountinfo writes it: `\040` is a blank.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

void unmount_below(const fs::path& folder) {
  std::ifstream mounts("/proc/self/mountinfo");
  std::vector<std::string> ours;
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream fields(line);
    std::string field, place;
    for (int i = 0; i < 5 && fields >> field; ++i) place = field;
    place = unescaped(place);
    if (place.starts_with(folder.string() + "/")) ours.push_back(place);
  }
  // The innermost came last.
  for (auto place = ours.rbegin(); place != ours.rend(); ++place)
    umount2(place->c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
}

// What runc still runs from a folder whose owner was killed.
void end_containers_of(const fs::path& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& container : fs::directory_iterator(folder / "runc", ignored)) {
    auto ended = process::run({{"runc", "--root", (folder / "runc").string(), "delete", "-f",
                                container.path().filename().string()}});
    if (!ended) return;
  }
}

void sweep(const fs::path& where) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(where, ignored)) {
    struct stat facts {};
    if (!entry.path().filename().string().starts_with(beginning)) continue;
    if (lstat(entry.path().c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode) || facts.st_uid != geteuid())
      continue;
    // Without its lock file it is being made, or unmade, by somebody else just now.
    if (!fs::exists(entry.path() / "lock", ignored)) continue;
    auto lock = FileLock::try_exclusive(entry.path() / "lock");
    if (!lock || !*lock) continue;
    end_containers_of(entry.path());
    remove_tree(entry.path());
  }
}

}  // namespace

void remove_tree(const fs::path& folder) {
  unmount_below(folder);
  std::error_code failed;
  fs::remove_all(folder, failed);
  if (!failed) return;
  // Folders that their own owner may not change.
  for (auto entry =
           fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, failed);
       !failed && entry != fs::recursive_directory_iterator(); entry.increment(failed))
    if (entry->is_directory(failed) && !entry->is_symlink(failed))
      fs::permissions(entry->path(), fs::perms::owner_all, fs::perm_options::add | fs::perm_options::nofollow,
                      failed);
  fs::remove_all(folder, failed);
}

Result<WorkFolder> WorkFolder::make() {
  std::error_code failed;
  fs::path where = fs::temp_directory_path(failed);
  if (failed) return not_found("$TMPDIR names a folder that cannot be used: {}", failed.message());
  sweep(where);
  std::string pattern = (where / (std::string(beginning) + "XXXXXX")).string();
  if (!mkdtemp(pattern.data())) return system_error(errno, "making a folder in " + where.string());
  auto lock = FileLock::try_exclusive(fs::path(pattern) / "lock");
  if (!lock || !*lock) {
    fs::remove_all(pattern, failed);
    if (!lock) return lock.error();
    return conflict("somebody else holds {}", pattern);
  }
  return WorkFolder(pattern, std::move(**lock));
}

WorkFolder::~WorkFolder() {
  if (!path_.empty()) remove_tree(path_);
}

std::string WorkFolder::word() const {
  std::string name = path_.filename().string().substr(beginning.size());
  std::ranges::transform(name, name.begin(), [](unsigned char letter) { return tolower(letter); });
  return fmt::format("{}-{}", name, getpid());
}

}  // namespace eulerpublisher
