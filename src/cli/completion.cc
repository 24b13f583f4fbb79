#include "cli/completion.h"

#include <algorithm>
#include <optional>
#include <set>

namespace eulerpublisher::cli {
namespace {

const OptionDescription* find_option(const CommandDescription& command, const std::string& name) {
  auto found = std::ranges::find_if(command.options, [&](const OptionDescription& option) {
    return !option.positional && std::ranges::count(option.names, name) > 0;
  });
  return found == command.options.end() ? nullptr : &*found;
}

// Where the cursor is, told by the words before it.
struct Place {
  const CommandDescription* command = nullptr;
  const OptionDescription* waiting = nullptr;  // for its value
  std::set<const OptionDescription*> given;
  std::size_t positionals = 0;
  bool only_positionals = false;  // after --

  void pass(const std::string& word);
  void pass_option(const std::string& word);
  const OptionDescription* positional() const;
};

void Place::pass_option(const std::string& word) {
  auto equals = word.find('=');
  const OptionDescription* option = find_option(*command, word.substr(0, equals));
  bool attached = equals != std::string::npos;
  if (!option && !word.starts_with("--")) {  // -vVALUE
    option = find_option(*command, word.substr(0, 2));
    attached = true;
  }
  if (!option) return;
  given.insert(option);
  if (!option->value.empty() && !attached) waiting = option;
}

void Place::pass(const std::string& word) {
  bool is_option = word.size() > 1 && word.front() == '-' && !only_positionals;
  bool is_value = waiting && !(is_option && waiting->value_optional);
  if (is_value) {
    waiting = nullptr;
    return;
  }
  waiting = nullptr;
  if (word == "--" && !only_positionals) {
    only_positionals = true;
  } else if (is_option) {
    pass_option(word);
  } else if (const CommandDescription* below = only_positionals ? nullptr : command->find(word)) {
    command = below;
    given.clear();
    positionals = 0;
  } else {
    ++positionals;
  }
}

const OptionDescription* Place::positional() const {
  std::size_t number = 0;
  for (const OptionDescription& option : command->options)
    if (option.positional && (number++ == positionals || option.repeatable)) return &option;
  return nullptr;
}

void keep_those_that_begin(Completion& completion, const std::string& begun) {
  std::erase_if(completion.candidates,
                [&](const Candidate& candidate) { return !candidate.word.starts_with(begun); });
}

// `kept` is in front of the value already: `--policy=`.
Completion complete_value(const OptionDescription& option, std::string kept, std::string begun,
                          const KnownValues& known) {
  Completion completion;
  for (const std::string& value : option.values) completion.candidates.push_back({value, {}});
  if (option.values.empty()) completion.candidates = known(option);
  if (option.value == "FILE") completion.paths = Completion::Paths::files;
  if (option.value == "FOLDER" || option.value == "URL") completion.paths = Completion::Paths::folders;
  constexpr std::string_view layout = "oci:";
  if (option.value == "R" && begun.starts_with(layout)) {
    kept += layout;
    begun.erase(0, layout.size());
    completion.candidates.clear();
    completion.paths = Completion::Paths::folders;
  }
  if (auto comma = begun.rfind(','); option.value == "LIST" && comma != std::string::npos) {
    kept += begun.substr(0, comma + 1);
    begun.erase(0, comma + 1);
  }
  completion.kept = std::move(kept);
  keep_those_that_begin(completion, begun);
  return completion;
}

Completion complete_option(const Place& place, const std::string& begun) {
  Completion completion;
  for (const OptionDescription& option : place.command->options) {
    if (option.positional || (place.given.contains(&option) && !option.repeatable)) continue;
    // The long name is offered; the short one only to those who ask for it by its letter.
    for (const std::string& name : option.names)
      if (name == option.name() || name == begun) completion.candidates.push_back({name, option.says});
  }
  keep_those_that_begin(completion, begun);
  return completion;
}

Completion complete_word(const Place& place, const std::string& begun, const KnownValues& known) {
  Completion completion;
  if (const OptionDescription* positional = place.positional())
    completion = complete_value(*positional, {}, begun, known);
  if (place.only_positionals) return completion;
  for (const CommandDescription& command : place.command->commands)
    if (!command.hidden) completion.candidates.push_back({command.name(), command.says});
  keep_those_that_begin(completion, begun);
  // Where nothing else can stand, the options are shown without being asked for.
  bool nothing = completion.candidates.empty() && completion.paths == Completion::Paths::none;
  return nothing && begun.empty() ? complete_option(place, {}) : completion;
}

}  // namespace

Completion complete(const CommandDescription& program, const std::vector<std::string>& words,
                    const KnownValues& known) {
  if (words.empty()) return {};
  Place place;
  place.command = &program;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) place.pass(words[i]);
  const std::string& word = words.back();
  bool is_option = word.starts_with('-') && !place.only_positionals;
  if (place.waiting && !(is_option && place.waiting->value_optional))
    return complete_value(*place.waiting, {}, word, known);
  if (!is_option) return complete_word(place, word, known);
  auto equals = word.find('=');
  if (equals == std::string::npos) return complete_option(place, word);
  const OptionDescription* option = find_option(*place.command, word.substr(0, equals));
  if (!option || option->value.empty()) return {};
  return complete_value(*option, word.substr(0, equals + 1), word.substr(equals + 1), known);
}

std::string completion_answer(const Completion& completion) {
  constexpr const char* paths[] = {"none", "files", "folders"};
  std::string answer = paths[static_cast<int>(completion.paths)];
  answer += "\n" + completion.kept + "\n";
  for (const Candidate& candidate : completion.candidates)
    answer += completion.kept + candidate.word + "\t" + candidate.says + "\n";
  return answer;
}

}  // namespace eulerpublisher::cli
