#include "rpm/read_packages.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <map>
#include <vector>

#include "base/file_handle.h"
#include "inspect/interest.h"
#include "process/run.h"

extern char** environ;

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "eulerpublisher-rpm-";
constexpr uint64_t longest_list = 64 << 20;  // bytes of JSON

// A folder of ours for a moment.  Its name tells whose it is, so that what a killed process left behind is
// cleared away by the next one.
class Folder {
 public:
  static Result<Folder> make() {
    std::error_code problem;
    fs::path parent = fs::temp_directory_path(problem);
    if (problem) return system_error(problem.value(), "making a folder");
    clear_after_others(parent);
    std::string name = (parent / (std::string(prefix) + std::to_string(getpid()) + "-XXXXXX")).string();
    if (mkdtemp(name.data()) == nullptr) return system_error(errno, "making the folder " + name);
    return Folder(name);
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Folder(Folder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  Folder& operator=(Folder&&) = delete;
  const fs::path& path() const { return path_; }

 private:
  explicit Folder(fs::path path) : path_(std::move(path)) {}

  static void clear_after_others(const fs::path& parent) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(parent, ignored)) {
      std::string name = entry.path().filename().string();
      if (!name.starts_with(prefix)) continue;
      pid_t owner = 0;
      std::from_chars(name.data() + prefix.size(), name.data() + name.size(), owner);
      if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
    }
  }

  fs::path path_;
};

// The files of the database that lies in a folder of the root.
std::vector<const FileFact*> files_in(const RootView& root, std::string_view folder) {
  std::vector<const FileFact*> files;
  auto lies_in = root.resolve(folder);
  if (!lies_in) return files;
  for (const char* name : {"rpmdb.sqlite", "rpmdb.sqlite-wal", "Packages.db", "Packages"})
    if (const FileFact* file = root.at(*lies_in + "/" + name); file && file->type == TarEntry::Type::file)
      files.push_back(file);
  return files;
}

std::vector<const FileFact*> database_of(const RootView& root) {
  for (const char* folder : {"var/lib/rpm", "usr/lib/sysimage/rpm"})
    if (auto files = files_in(root, folder); !files.empty()) return files;
  return {};
}

Done lay_down(const FileFact& file, const fs::path& folder) {
  if (!file.kept || !file.kept->spilled)
    return unavailable(
        "/{} was not kept: {}", file.name,
        file.kept && !file.kept->not_spilled.empty() ? file.kept->not_spilled : "it lies elsewhere");
  fs::path path = folder / base_of(file.name);
  FileHandle out(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!out) return system_error(errno, "writing " + path.string());
  return file.kept->spilled->copy_to(out.get());
}

// Nothing of ours but where programs and temporary files lie: passwords may be among the rest.
std::map<std::string, std::optional<std::string>> bare_environment() {
  std::map<std::string, std::optional<std::string>> changes;
  for (char** entry = environ; *entry; ++entry) {
    std::string_view text = *entry;
    std::string name(text.substr(0, text.find('=')));
    if (name != "PATH" && name != "TMPDIR" && !name.starts_with("ASAN_") && !name.starts_with("LD_"))
      changes[name] = std::nullopt;
  }
  changes["LC_ALL"] = "C.UTF-8";
  return changes;
}

}  // namespace

Result<std::optional<PackageList>> read_packages(const RootView& root, const fs::path& program,
                                                 std::stop_token stop) {
  std::vector<const FileFact*> files = database_of(root);
  if (files.empty()) return std::nullopt;
  Folder folder = TRY(Folder::make());
  for (const FileFact* file : files) TRY(lay_down(*file, folder.path()));
  process::Command command{{program.string(), reader_command, folder.path().string()}, bare_environment()};
  process::Terms terms;
  terms.output_limit = longest_list;
  auto ended = TRY(process::run(command, terms, stop).within("reading the rpm database"));
  if (ended.too_late) return corrupt("reading the rpm database /{} took too long", folder_of(files[0]->name));
  if (ended.cut) return corrupt("the rpm database /{} tells of too much", folder_of(files[0]->name));
  if (ended.status == 0) return TRY(parse_packages(ended.out));
  if (ended.status == reader_cannot_look)
    return unavailable("nobody could look at the rpm database /{}: {}", folder_of(files[0]->name), ended.err);
  std::string why = ended.status > 128 ? fmt::format("librpm died of it (signal {})", ended.status - 128)
                                       : ended.err.substr(0, ended.err.find('\n'));
  return corrupt("the rpm database /{} cannot be read: {}", folder_of(files[0]->name), why);
}

}  // namespace eulerpublisher
