#include "rollout/origin.h"

#include <charconv>
#include <cstdlib>

#include "process/run.h"

namespace eulerpublisher::rollout {
namespace {

// What git prints, or nothing where it has nothing to say.
Result<std::optional<std::string>> ask_git(const std::filesystem::path& root, std::vector<std::string> words,
                                           std::stop_token stop) {
  if (process::find_program("git").empty()) return std::nullopt;
  process::Command command{{"git"}, {}, root};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  // A hook has these set, for the folder that it runs in.
  for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX"}) command.env[name] = std::nullopt;
  command.env.insert_or_assign("GIT_OPTIONAL_LOCKS", std::string("0"));
  process::Ended ended = TRY(process::run(command, {}, stop));
  if (!ended.ok()) return std::nullopt;
  return std::move(ended.out);
}

std::optional<int64_t> number_in(std::string_view text) {
  int64_t number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc() && end == text.data() + text.size() && number >= 0 ? std::optional(number)
                                                                                   : std::nullopt;
}

}  // namespace

Result<Origin> origin_of(const std::filesystem::path& root, const std::string& context,
                         std::stop_token stop) {
  Origin origin;
  std::string path = context.empty() ? "." : context;
  auto last = TRY(ask_git(root, {"log", "-1", "--format=%H %ct", "--", path}, stop));
  size_t blank = last ? last->find(' ') : std::string::npos;
  if (blank != std::string::npos) {
    std::string_view time = std::string_view(*last).substr(blank + 1);
    origin.time = number_in(time.substr(0, time.find('\n')));
    auto changed = TRY(ask_git(root, {"status", "--porcelain", "--", path}, stop));
    if (changed && changed->empty()) origin.revision = last->substr(0, blank);
  }
  if (const char* given = getenv("SOURCE_DATE_EPOCH"))
    if (auto time = number_in(given)) origin.time = time;
  return origin;
}

}  // namespace eulerpublisher::rollout
