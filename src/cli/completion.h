#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/command_description.h"

namespace eulerpublisher::cli {

// One word that would fit, and what it means.
struct Candidate {
  std::string word;
  std::string says;
  bool operator==(const Candidate&) const = default;
};

// What can stand where the cursor is.
struct Completion {
  enum class Paths { none, files, folders };
  std::string
      kept;  // the part of the word that stays: `--policy=`, `oci:`, `amd64,`; candidates come after it
  std::vector<Candidate> candidates;
  Paths paths = Paths::none;  // names in the file system fit, too
};

// The values known for an option; one with few values is not asked for.
using KnownValues = std::function<std::vector<Candidate>(const OptionDescription&)>;

// `words` come after the program's name; the last, which may be empty, is the one to be completed.  Never
// fails: nonsense has no completion.
Completion complete(const CommandDescription& program, const std::vector<std::string>& words,
                    const KnownValues& known);

// How an answer reaches the shells' scripts: `none`, `files` or `folders` on the first line, what is kept on
// the second, then a candidate on each line, with a tab before its meaning.
std::string completion_answer(const Completion& completion);

// The first argument with which those scripts ask for it; the words follow.
inline constexpr std::string_view completion_question = "__complete";

// The script for bash, zsh or fish; `invalid` for any other shell.  It asks the program itself at each TAB,
// so it fits whatever version of the program is installed.
Result<std::string> completion_script(const std::string& shell);

}  // namespace eulerpublisher::cli
