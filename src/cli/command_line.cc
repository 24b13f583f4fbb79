#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

namespace eulerpublisher::cli {
namespace {

constexpr const char* exit_statuses =
    "Exit status: 0 done or nothing to do; 1 failed; 2 the command line or a configuration file is wrong; 3 "
    "some "
    "registries are behind; 4 a check refused the image; 5 the input cannot be trusted.";

// One line that says what is wrong and where help is.
std::string mistake_in(const CLI::App& whole, const CLI::ParseError& error) {
  const CLI::App* app = &whole;
  std::string typed = whole.get_name();
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    typed += " " + app->get_name();
  }
  std::string says = error.what();
  std::vector<std::string> rest = whole.remaining(true);
  bool wants_command = !app->get_subcommands([](const CLI::App*) { return true; }).empty();
  if (wants_command && !rest.empty()) {
    says = fmt::format("'{} {}' is no command", typed, rest.front());
  } else if (wants_command) {
    says = fmt::format("'{}' wants a command", typed);
  }
  std::ranges::replace(says, '\n', ' ');
  return fmt::format("error: {}; see `{} --help`\n", says, typed);
}

}  // namespace

std::string tool_name() { return "eulerpublisher " EP_VERSION; }

CommandLine::CommandLine()
    : app_(std::make_unique<CLI::App>(
          "Puts releases of openEuler into registries as official container images: "
          "fetch, verify, convert, check, push, tag.",
          "eulerpublisher")) {
  app_->set_version_flag("--version", tool_name());
  app_->require_subcommand(1);
  app_->footer(
      std::string("Example: eulerpublisher container publish -v 24.03-LTS-SP1 -p openeuler/openeuler -g "
                  "docker.io\n"
                  "Logins: `docker login` and `podman login` store them; eulerpublisher reads them from "
                  "there.\n") +
      exit_statuses);
  CLI::App* container = app_->add_subcommand("container", "Base and application images");
  container->require_subcommand(1);
  add_commands(*container);
  CLI::App* store = app_->add_subcommand("store", "The local store (an OCI image layout)");
  store->require_subcommand(1);
  for (const CommandEntry& entry : store_commands()) add_command(*store, entry);
  for (const CommandEntry& entry : program_commands()) add_command(*app_, entry);
}

CommandLine::~CommandLine() = default;

void CommandLine::add_commands(CLI::App& parent) {
  for (const CommandEntry& entry : container_commands()) add_command(parent, entry);
  CLI::App* readme = parent.add_subcommand("readme", "What registries show of application images");
  readme->require_subcommand(1);
  for (const CommandEntry& entry : readme_commands()) add_command(*readme, entry);
}

void CommandLine::add_command(CLI::App& parent, const CommandEntry& entry) {
  CLI::App* command = parent.add_subcommand(entry.name, entry.says);
  if (entry.alias) command->alias(entry.alias);
  command->footer(fmt::format("Example: {}\n{}", entry.example, exit_statuses));
  for (OptionGroup group : entry.takes) group(*command, options_);
  if (entry.general) option_groups::general(*command, options_);
  // The library asks for the environment in every command that has a callback for the end only, also in those
  // that nobody typed: what is there would then override the options of the one that was.
  command->parse_complete_callback([this, &entry] { chosen_ = entry.run; });
}

// Two more sets of all commands, which take longer to make than the rest of a short run: so only once one of
// their names was typed.
void CommandLine::add_older_names(std::span<const char* const> typed) {
  CLI::App* container = app_->get_subcommand("container");
  for (const char* name : {"base", "app"}) {
    if (std::ranges::find(typed, std::string_view(name)) == typed.end()) continue;
    CLI::App* older = container->add_subcommand(name, "Today's name for the same commands");
    older->require_subcommand(1);
    older->group("");
    add_commands(*older);
  }
}

std::optional<CommandLine::Parsed> CommandLine::parse(int argc, const char* const* argv, Answer& instead) {
  add_older_names({argv, static_cast<size_t>(argc)});
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    int status = app_->exit(error, out, err);
    instead = {status == 0 ? 0 : 2, status == 0 ? out.str() : mistake_in(*app_, error), status == 0};
    return std::nullopt;
  }
  return Parsed{chosen_, options_};
}

}  // namespace eulerpublisher::cli
