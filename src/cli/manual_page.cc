#include "cli/manual_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "cli/roff.h"

namespace eulerpublisher::cli {
namespace {

std::string page_name(const CommandDescription& command) {
  return fmt::format("{}", fmt::join(command.path, "-"));
}
std::string typed(const CommandDescription& command) {
  return fmt::format("{}", fmt::join(command.path, " "));
}

std::string in_capitals(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::toupper(letter); });
  return text;
}

std::string sentence(std::string text) {
  if (!text.empty() && !text.ends_with('.')) text += '.';
  return text;
}

// `Example: …` under example, `Exit status: …` under exit status; each line of the footer says what it is.
std::map<std::string, std::string> footer_sections(const std::string& footer) {
  std::map<std::string, std::string> sections;
  std::istringstream lines(footer);
  std::string current = "Notes";
  for (std::string line; std::getline(lines, line);) {
    auto colon = line.find(": ");
    bool begins = colon != std::string::npos && colon < 20 && line.front() != ' ';
    if (begins) current = line.substr(0, colon);
    std::string& section = sections[current];
    if (!section.empty()) section += '\n';
    section += begins ? line.substr(colon + 2) : line;
  }
  return sections;
}

void write_names(Roff& page, const OptionDescription& option) {
  if (option.positional) {
    page.italic(option.value.empty() ? option.name() : option.value);
  } else {
    for (const std::string& name : option.names) {
      if (&name != &option.names.front()) page.text(",").space();
      page.bold(name);
    }
    if (!option.value.empty()) {
      page.space();
      if (option.value_optional) page.text("[");
      page.italic(option.value);
      if (option.value_optional) page.text("]");
    }
  }
  if (option.repeatable) page.text("...");
  page.line();
}

// Everything that the definition says of it beside its names.
void write_option(Roff& page, const OptionDescription& option) {
  page.term();
  write_names(page, option);
  page.text(sentence(option.says)).line();
  if (!option.values.empty()) page.text(fmt::format("One of {}.", fmt::join(option.values, ", "))).line();
  if (!option.default_value.empty()) page.text(fmt::format("Without it: {}.", option.default_value)).line();
  if (!option.variable.empty())
    page.text("From the environment:").space().bold(option.variable).text(".").line();
  if (option.required) page.text("Required.").line();
}

void write_synopsis(Roff& page, const CommandDescription& command) {
  page.section("SYNOPSIS").bold(typed(command)).line();
  for (const OptionDescription& option : command.options) {
    if (!option.required || option.positional) continue;
    page.bold(option.name());
    if (!option.value.empty()) page.space().italic(option.value);
    page.line();
  }
  page.text("[").italic("OPTION").text("]...").line();
  for (const OptionDescription& option : command.options) {
    if (!option.positional) continue;
    std::string name = option.value.empty() ? option.name() : option.value;
    if (!option.required) page.text("[");
    page.italic(name);
    if (option.repeatable) page.text("...");
    if (!option.required) page.text("]");
    page.line();
  }
  if (!command.commands.empty()) page.italic("COMMAND").text(" ...").line();
}

// The commands at the end of every branch, in the order of --help.
void write_commands(Roff& page, const CommandDescription& command) {
  for (const CommandDescription& below : command.commands) {
    if (below.hidden) continue;
    if (!below.commands.empty()) {
      write_commands(page, below);
      continue;
    }
    page.term().bold(typed(below)).line();
    page.text(sentence(below.says)).line();
    for (const std::string& alias : below.aliases)
      page.text("Also understood as").space().bold(alias).text(".").line();
  }
}

// `0 done; 1 failed; … .` becomes a list.
void write_exit_status(Roff& page, std::string text) {
  if (text.ends_with('.')) text.pop_back();
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ';');) {
    part.erase(0, part.find_first_not_of(' '));
    auto blank = part.find(' ');
    page.term().bold(part.substr(0, blank)).line();
    page.text(blank == std::string::npos ? "" : sentence(part.substr(blank + 1))).line();
  }
}

void collect_variables(const CommandDescription& command,
                       std::map<std::string, const OptionDescription*>& into) {
  for (const OptionDescription& option : command.options)
    if (!option.variable.empty()) into.emplace(option.variable, &option);
  for (const CommandDescription& below : command.commands) collect_variables(below, into);
}

void write_environment(Roff& page, const CommandDescription& command) {
  std::map<std::string, const OptionDescription*> variables;
  collect_variables(command, variables);
  if (variables.empty()) return;
  page.section("ENVIRONMENT");
  for (const auto& [variable, option] : variables) {
    page.term().bold(variable).line();
    page.text("Stands in for").space().bold(option->name()).text(".").line();
  }
}

void write_see_also(Roff& page, const CommandDescription& program, const CommandDescription& command) {
  std::vector<std::string> names;
  const CommandDescription* above = &program;
  for (std::size_t depth = 1; depth < command.path.size() && above; ++depth) {
    names.push_back(page_name(*above));
    above = above->find(command.path[depth]);
  }
  for (const CommandDescription& below : command.commands)
    if (!below.hidden) names.push_back(page_name(below));
  if (names.empty()) return;
  page.section("SEE ALSO");
  for (const std::string& name : names) page.bold(name).text(&name == &names.back() ? "(1)" : "(1),").line();
}

void write_footer(Roff& page, const std::string& footer) {
  for (const auto& [name, text] : footer_sections(footer)) {
    page.section(in_capitals(name));
    if (name == "Exit status") {
      write_exit_status(page, text);
    } else if (name.starts_with("Example")) {
      page.example(text);
    } else {
      page.text(text).line();
    }
  }
}

void write_pages(const CommandDescription& program, const CommandDescription& command, const Imprint& imprint,
                 std::vector<ManualPage>& pages) {
  pages.push_back(manual_page(program, command, imprint));
  for (const CommandDescription& below : command.commands)
    if (!below.hidden) write_pages(program, below, imprint, pages);
}

}  // namespace

ManualPage manual_page(const CommandDescription& program, const CommandDescription& command,
                       const Imprint& imprint) {
  std::string name = page_name(command);
  Roff page(in_capitals(name), imprint.date, imprint.tool, "EulerPublisher");
  std::string says = command.says.substr(0, command.says.find(':'));
  page.section("NAME").text(name).space().text("-").space().text(says).line();
  write_synopsis(page, command);
  page.section("DESCRIPTION").text(sentence(command.says)).line();
  for (const std::string& alias : command.aliases)
    page.paragraph().text("Also understood as").space().bold(alias).text(".").line();
  if (!command.commands.empty()) {
    page.section("COMMANDS");
    write_commands(page, command);
  }
  page.section("OPTIONS");
  for (const OptionDescription& option : command.options) write_option(page, option);
  write_environment(page, command);
  write_footer(page, command.footer);
  write_see_also(page, program, command);
  return {name, page.page()};
}

std::vector<ManualPage> manual_pages(const CommandDescription& program, const Imprint& imprint) {
  std::vector<ManualPage> pages;
  write_pages(program, program, imprint, pages);
  return pages;
}

}  // namespace eulerpublisher::cli
