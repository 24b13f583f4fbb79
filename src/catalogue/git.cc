#include "catalogue/git.h"

#include <algorithm>

#include "policy/yaml.h"
#include "process/run.h"

namespace eulerpublisher::catalogue {
namespace {

constexpr uint64_t longest_answer = 64 << 20;

Result<process::Ended> run_git(const std::filesystem::path& folder, std::vector<std::string> words,
                               std::stop_token stop) {
  process::Command command{{"git"}, {}, folder};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  // A hook has these set, for the folder that it runs in.
  for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX"}) command.env[name] = std::nullopt;
  command.env["LC_ALL"] = "C";
  command.env["GIT_OPTIONAL_LOCKS"] = "0";
  process::Terms terms;
  terms.output_limit = longest_answer;
  return process::run(command, terms, stop);
}

std::vector<std::string> paths_of(std::string_view text) {
  std::vector<std::string> paths;
  while (!text.empty()) {
    size_t end = text.find('\0');
    paths.emplace_back(text.substr(0, end));
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  }
  return paths;
}

std::string first_line(std::string_view text) {
  for (std::string_view word : {"fatal: ", "error: "})
    if (text.starts_with(word)) text.remove_prefix(word.size());
  return for_message(text.substr(0, text.find('\n')));
}

std::string without_newline(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

Result<std::string> Git::ask(std::vector<std::string> words, const std::string& doing) const {
  process::Ended ended = TRY(run_git(folder_, std::move(words), stop_));
  if (!ended.ok() || ended.cut)
    return invalid("{} in {}: git says: {}", doing, folder_.native(),
                   ended.too_late ? "nothing for a minute" : first_line(ended.err));
  return std::move(ended.out);
}

Result<std::string> Git::start_of_changes(const std::string& revision) const {
  std::string commit =
      without_newline(TRY(ask({"rev-parse", "--verify", "--end-of-options", revision + "^{commit}"},
                              fmt::format("looking for the revision '{}'", for_message(revision)))));
  process::Ended parted = TRY(run_git(folder_, {"merge-base", commit, "HEAD"}, stop_));
  return parted.ok() ? without_newline(parted.out) : commit;
}

Result<std::vector<std::string>> Git::changed_files(const std::string& commit) const {
  constexpr const char* doing = "looking for changed files";
  std::vector<std::string> files = paths_of(
      TRY(ask({"diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative", commit, "--", "."},
              doing)));
  std::ranges::move(
      paths_of(TRY(ask({"ls-files", "--others", "--exclude-standard", "-z", "--", "."}, doing))),
      std::back_inserter(files));
  std::ranges::sort(files);
  return files;
}

Result<std::optional<std::string>> Git::text_at(const std::string& commit, const std::string& file) const {
  std::string object = commit + ":./" + file;
  process::Ended there = TRY(run_git(folder_, {"cat-file", "-e", object}, stop_));
  if (!there.ok()) return std::nullopt;
  return TRY(ask({"cat-file", "blob", object}, fmt::format("reading {} of {}", file, commit)));
}

}  // namespace eulerpublisher::catalogue
