#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace eulerpublisher::cli {

// What the command line's definition says of one option, in the words that completions and manual pages need.
struct OptionDescription {
  std::vector<std::string> names;  // -v, --version; or, of a positional one, its name alone
  std::string value;               // what kind of value it takes, as --help calls it: FILE, V, R; empty: none
  std::vector<std::string> values;  // the only ones it takes, when they are few
  std::string default_value;        // empty when there is none
  std::string variable;             // of the environment, that stands in for it; or empty
  std::string says;
  bool positional = false;
  bool required = false;
  bool repeatable = false;
  bool value_optional = false;

  // The name people know it by: the long one.
  const std::string& name() const { return names.back(); }
};

// The same of a command with everything below it.  A value: nothing of it is tied to the parser.
struct CommandDescription {
  std::vector<std::string> path;  // from the program's name on: eulerpublisher, container, publish
  std::vector<std::string> aliases;
  std::string says;
  std::string footer;   // its lines after the options: `Example: …`, `Exit status: …`
  bool hidden = false;  // understood, but not shown
  std::vector<OptionDescription> options;
  std::vector<CommandDescription> commands;

  const std::string& name() const { return path.back(); }
  // The command below this one that is called so, by name or alias; or null.
  const CommandDescription* find(const std::string& word) const;
};

// Reads the definition itself, so that whatever is made of it says what the parser does.
CommandDescription describe(const CLI::App& app);

}  // namespace eulerpublisher::cli
