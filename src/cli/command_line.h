#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/command_table.h"
#include "cli/options.h"

namespace CLI {
class App;
}

namespace eulerpublisher::cli {

// The whole command line, defined once: the parser, the help, the completions and the man pages come from
// it. Also knows today's names (`container base publish`, `container app publish`, `container
// publisher`).
class CommandLine {
 public:
  CommandLine();
  ~CommandLine();

  struct Parsed {
    Run run;
    Options options;
  };
  struct Answer {  // to --help, --version, or a mistake
    int exit_status;
    std::string text;
    bool to_stdout;
  };

  // Either what to do or what to say instead.  Call once.
  std::optional<Parsed> parse(int argc, const char* const* argv, Answer& instead);

  CLI::App& app() { return *app_; }

 private:
  void add_commands(CLI::App& parent);
  void add_older_names(std::span<const char* const> typed);
  void add_command(CLI::App& parent, const CommandEntry& entry);

  std::unique_ptr<CLI::App> app_;
  Options options_;
  Run chosen_ = nullptr;
};

// `eulerpublisher 0.1.0`
std::string tool_name();

}  // namespace eulerpublisher::cli
