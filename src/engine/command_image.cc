#include "engine/command_image.h"

#include <sstream>

#include "engine/docker_script.h"
#include "engine/foreign.h"
#include "engine/terminating.h"

namespace eulerpublisher {
namespace {

// Whether the container could not be run for a reason that lies with the engine: 125 by the convention of
// both, 126 and 127 also for a program that the image does not have, which is none.
bool is_engines_fault(const process::Ended& ended) {
  if (ended.status == 125) return true;
  if (ended.status != 126 && ended.status != 127) return false;
  const std::string& said = ended.err.empty() ? ended.out : ended.err;
  bool from_engine = said.find("Error: ") != said.npos || said.find("docker: ") != said.npos;
  bool cannot_start = said.find("exec: \"") != said.npos || said.find("exec format error") != said.npos ||
                      said.find("executable file") != said.npos;
  return from_engine && !cannot_start;
}

}  // namespace

DockerCommand names_for(const WorkFolder& work, const ImageToRun& image) {
  DockerCommand names{.folder = {},
                      .image = {},
                      .registry = "eulerpublisher.invalid",
                      .name_space = "ep-" + work.word(),
                      .package = image.package,
                      .tag = image.tag,
                      .prefix = "ep-" + work.word()};
  names.image = fmt::format("{}/{}/{}:{}", names.registry, names.name_space, names.package, names.tag);
  return names;
}

std::string last_words(const process::Ended& ended) {
  std::istringstream lines(ended.err.empty() ? ended.out : ended.err);
  std::string last;
  for (std::string line; std::getline(lines, line);)
    if (line.find_first_not_of(" \t\r") != line.npos && !line.starts_with("See 'docker")) last = line;
  for (std::string_view lead :
       {"Error: ", "docker: Error response from daemon: ", "Error response from daemon: ", "docker: "})
    if (last.starts_with(lead)) last.erase(0, lead.size());
  if (!last.empty() && last.back() == '.') last.pop_back();
  return last.empty() ? fmt::format("it ended with status {}", ended.status) : last;
}

Result<process::Ended> CommandImage::ask(std::vector<std::string> arguments) const {
  std::vector<std::string> argv = parts_.program;
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return process::run({.argv = std::move(argv), .env = parts_.env});
}

std::vector<std::string> CommandImage::command_for(const std::string& name,
                                                   const std::vector<std::string>& argv,
                                                   const RunTerms& terms) const {
  std::vector<std::string> command = parts_.program;
  auto add = [&](std::initializer_list<std::string> words) { command.insert(command.end(), words); };
  add({"run", "--rm", "--pull", "never", "--name", name});
  command.insert(command.end(), parts_.more.begin(), parts_.more.end());
  if (!terms.network) add({"--network", "none"});
  if (!is_native(parts_.platform)) add({"--platform", parts_.platform.text()});
  if (terms.terminal) add({"--tty"});
  if (terms.terminal || !terms.input.empty()) add({"--interactive"});
  if (terms.as_root) add({"--user", "0:0"});
  for (const auto& [variable, value] : terms.env) add({"--env", variable + "=" + value});
  if (!argv.empty()) add({"--entrypoint", argv.front()});
  add({image()});
  if (!argv.empty()) command.insert(command.end(), argv.begin() + 1, argv.end());
  return command;
}

Result<process::Ended> CommandImage::run(const std::vector<std::string>& argv, const RunTerms& terms,
                                         std::stop_token stop) {
  std::string name = fmt::format("eulerpublisher-{}-{}", work_.word(), ++runs_);
  process::Terms how{.input = terms.input, .patience = terms.patience, .terminal = terms.terminal};
  how.watch = when_it_says(terms, [&] { (void)ask({"kill", "--signal", "TERM", name}); });
  auto ended = process::run({.argv = command_for(name, argv, terms), .env = parts_.env}, how, stop);
  if (!ended || ended->too_late) (void)ask({"rm", "--force", "--volumes", name});
  if (ended && !ended->too_late && is_engines_fault(*ended))
    return unavailable("{} cannot run a container here: {}", parts_.program.front(), last_words(*ended));
  return ended;
}

Result<DockerCommand> CommandImage::docker(bool network) {
  DockerScript script{
      .program = parts_.program, .label = "eulerpublisher=" + work_.word(), .network = network};
  if (!is_native(parts_.platform)) script.platform = parts_.platform.text();
  scripts_ran_ = true;
  TRY(write_docker_script(work_ / "bin", script));
  DockerCommand command = parts_.names;
  command.folder = work_ / "bin";
  return command;
}

void CommandImage::forget_scripts() {
  if (!scripts_ran_) return;
  std::string ours = "label=eulerpublisher=" + work_.word();
  for (auto [what, list] :
       {std::pair{"container", std::vector<std::string>{"ps", "-aq", "--filter", ours}},
        std::pair{"network", std::vector<std::string>{"network", "ls", "-q", "--filter", ours}}}) {
    auto found = ask(list);
    if (!found || !found->ok()) continue;
    std::istringstream names(found->out);
    for (std::string name; names >> name;) {
      if (std::string_view(what) == "container") {
        (void)ask({"rm", "--force", "--volumes", name});
      } else {
        (void)ask({"network", "rm", name});
      }
    }
  }
}

}  // namespace eulerpublisher
