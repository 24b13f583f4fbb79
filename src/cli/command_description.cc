#include "cli/command_description.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

namespace eulerpublisher::cli {
namespace {

// The parser keeps the kind of a value and its allowed values in one text: `TEXT:{gzip,zstd}`, `N:INT in [0 -
// 100]`.
void read_type(const std::string& type, OptionDescription& option) {
  option.value = type.substr(0, type.find(':'));
  auto open = type.find(":{");
  auto close = type.find('}', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return;
  std::istringstream list(type.substr(open + 2, close - open - 2));
  for (std::string value; std::getline(list, value, ',');) option.values.push_back(value);
}

OptionDescription describe(const CLI::Option& option) {
  OptionDescription described;
  for (const std::string& name : option.get_snames()) described.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) described.names.push_back("--" + name);
  described.positional = described.names.empty();
  if (described.positional) described.names.push_back(option.get_name(true));
  if (option.get_items_expected_max() > 0) read_type(option.get_type_name(), described);
  described.default_value = option.get_default_str();
  described.variable = option.get_envname();
  described.says = option.get_description();
  described.required = option.get_required();
  described.repeatable = option.get_items_expected_max() > 1;
  described.value_optional = option.get_items_expected_max() > 0 && option.get_items_expected_min() == 0;
  return described;
}

CommandDescription describe_below(const CLI::App& app, std::vector<std::string> path) {
  CommandDescription described;
  path.push_back(app.get_name());
  described.path = std::move(path);
  described.aliases = app.get_aliases();
  described.says = app.get_description();
  described.footer = app.get_footer();
  // A command inherits this from the one above it; what is below a hidden one is hidden with it, not by
  // itself.
  const CLI::App* above = app.get_parent();
  described.hidden = above && app.get_group().empty() && !above->get_group().empty();
  for (const CLI::Option* option : app.get_options())
    if (!option->get_group().empty()) described.options.push_back(describe(*option));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    described.commands.push_back(describe_below(*command, described.path));
  return described;
}

}  // namespace

const CommandDescription* CommandDescription::find(const std::string& word) const {
  auto found = std::ranges::find_if(commands, [&](const CommandDescription& command) {
    return command.name() == word || std::ranges::count(command.aliases, word) > 0;
  });
  return found == commands.end() ? nullptr : &*found;
}

CommandDescription describe(const CLI::App& app) { return describe_below(app, {}); }

}  // namespace eulerpublisher::cli
