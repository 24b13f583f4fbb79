#include <fmt/ranges.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "cli/commands.h"
#include "cli/manual_page.h"

namespace eulerpublisher::cli {
namespace {

// Today, or the day that a build which is to be repeated byte for byte names.
Result<std::string> date_of_pages() {
  Instant when = system_clock().now();
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH")) {
    int64_t seconds = 0;
    const char* end = epoch + std::strlen(epoch);
    auto [rest, error] = std::from_chars(epoch, end, seconds);
    if (error != std::errc() || rest != end || seconds < 0 || seconds > 253402300799)
      return invalid(
          "SOURCE_DATE_EPOCH is '{}', which is no number of seconds since 1970; correct or unset it", epoch);
    when = Instant(std::chrono::seconds(seconds));
  }
  return rfc3339(when).substr(0, 10);
}

Done write_page(const std::filesystem::path& folder, const ManualPage& page) {
  std::filesystem::path file = folder / page.file();
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << page.text;
  out.close();
  if (!out) return invalid("{} cannot be written: name a folder with --all that can", file.string());
  return {};
}

Done write_pages(const std::filesystem::path& folder, const std::vector<ManualPage>& pages) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return invalid("the folder {} cannot be made ({}): name another with --all", folder.string(),
                   error.message());
  for (const ManualPage& page : pages) TRY(write_page(folder, page));
  return {};
}

Result<const CommandDescription*> command_named(const CommandDescription& program,
                                                const std::vector<std::string>& words) {
  const CommandDescription* command = &program;
  for (const std::string& word : words) {
    const CommandDescription* below = command->find(word);
    if (!below)
      return invalid("'{} {}' is no command; see `eulerpublisher --help`", fmt::join(command->path, " "),
                     word);
    command = below;
  }
  return command;
}

}  // namespace

Result<ExitStatus> run_man(Session& session) {
  CommandLine definition;
  CommandDescription program = describe(definition.app());
  std::string date = TRY(date_of_pages());
  Imprint imprint{tool_name(), date};
  if (!session.options.manual_folder.empty()) {
    if (!session.options.manual_of.empty())
      return invalid("a command and --all do not go together: leave one of them out");
    TRY(write_pages(session.options.manual_folder, manual_pages(program, imprint)));
    return ExitStatus::done;
  }
  const CommandDescription* command = TRY(command_named(program, session.options.manual_of));
  print_document(manual_page(program, *command, imprint).text);
  return ExitStatus::done;
}

}  // namespace eulerpublisher::cli
