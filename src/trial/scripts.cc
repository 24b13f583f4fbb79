#include <charconv>
#include <cstdlib>
#include <sstream>

#include "trial/trials.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes patience(10);

// shUnit2's `Ran 3 tests.`, or nothing when it has not said that.
std::optional<int> tests_run(const std::string& said) {
  std::istringstream lines(said);
  std::optional<int> count;
  for (std::string line; std::getline(lines, line);) {
    size_t at = line.find("Ran ");
    if (at == line.npos || line.find("test", at) == line.npos) continue;
    // Colours may stand around the number.
    size_t digit = line.find_first_of("0123456789", at);
    while (digit != line.npos && digit > 0 && (line[digit - 1] == '[' || line[digit - 1] == ';'))
      digit = line.find_first_of("0123456789", line.find('m', digit));
    if (digit == line.npos) continue;
    int number = 0;
    std::from_chars(line.data() + digit, line.data() + line.size(), number);
    count = number;
  }
  return count;
}

std::map<std::string, std::optional<std::string>> environment_for(const DockerCommand& docker) {
  const char* path = getenv("PATH");
  const char* debug = getenv("DEBUG_TESTS");
  return {{"PATH", docker.folder.string() + ":" + (path ? path : "/usr/bin:/bin")},
          {"DOCKER_REGISTRY", docker.registry},
          {"DOCKER_NAMESPACE", docker.name_space},
          {"DOCKER_PACKAGE", docker.package},
          {"DOCKER_TAG", docker.tag},
          {"DOCKER_IMAGE", docker.image},
          {"DOCKER_PREFIX", docker.prefix},
          {"DOCKER_NETWORK", docker.prefix + "-network"},
          {"TIME_ZONE", "UTC"},
          {"DEBUG_TESTS", debug ? debug : ""},
          {"SHUNIT_COLOR", "none"}};
}

// The end of what a script said: that is where shUnit2 sums up.
std::string tail(const std::string& said) {
  constexpr size_t limit = 16384;
  return said.size() <= limit ? said : "…" + said.substr(said.size() - limit);
}

Result<std::optional<Finding>> run_script(Trial& trial, const fs::path& script, const DockerCommand& docker) {
  const char* shell = process::find_program("bash").empty() ? "sh" : "bash";
  fs::path file = fs::absolute(script);
  process::Command command{
      .argv = {shell, file.string()}, .env = environment_for(docker), .folder = file.parent_path()};
  auto ended = process::run(command, {.patience = trial.patience(patience)}, trial.stop);
  trial.image.forget_scripts();
  process::Ended end = TRY(std::move(ended));
  std::string said = end.out + end.err, name = script.filename().string();
  auto count = tests_run(said);
  std::string text;
  if (end.too_late) {
    text = fmt::format("{} did not end in time", name);
  } else if (end.status != 0) {
    text = fmt::format("{} fails with status {}", name, end.status);
  } else if (!count || *count == 0) {
    text = fmt::format("{} runs no test", name);
  } else {
    return std::nullopt;
  }
  return Finding{trial.platform.platform.text(), std::move(text), tail(said)};
}

bool is_there(const TestScript& script) {
  std::error_code ignored;
  return fs::is_regular_file(script.file, ignored);
}

// Why there is nothing to run, if so.
std::optional<std::string> unasked(const TrialTerms& terms) {
  if (terms.scripts.empty()) return "no script was named (-s, --scripts)";
  for (const TestScript& script : terms.scripts)
    if (script.demanded || is_there(script)) return std::nullopt;
  return fmt::format("there is no {}", terms.scripts.back().file.string());
}

Result<Tried> look(Trial& trial) {
  Tried tried;
  std::vector<fs::path> there;
  for (const TestScript& script : trial.terms.scripts) {
    if (is_there(script)) {
      there.push_back(script.file);
    } else if (script.demanded) {
      return not_found("there is no script {}", script.file.string());
    }
  }
  if (process::find_program("shunit2").empty() && !fs::exists("/usr/share/shunit2/shunit2"))
    return unavailable("shunit2 is not installed, which test scripts read");
  auto docker = trial.image.docker(trial.terms.network);
  if (!docker && docker.error().kind() == ErrorKind::unsupported) {
    tried.not_run = docker.error().text();
    return tried;
  }
  DockerCommand command = TRY(std::move(docker));
  for (const fs::path& script : there)
    if (auto finding = TRY(run_script(trial, script, command))) tried.findings.push_back(std::move(*finding));
  return tried;
}

}  // namespace

TrialCheck scripts_trial() {
  return {.name = "scripts",
          .reason = "tests that people have written for an image must pass (shUnit2)",
          .severity = Severity::blocker,
          .look = look,
          .needs_shell = false,
          .unasked = unasked};
}

}  // namespace eulerpublisher
