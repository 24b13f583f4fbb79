// packaging/: the jobs of other people's pipelines, run as they stand against real servers; and every command
// line that the documents and the jobs show, held against --help.

#include <yaml-cpp/yaml.h>

#include <cctype>
#include <set>
#include <sstream>

#include "cli/publishing.h"
#include "support/places.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::Ran;
using testing::HasSubstr;
using testing::IsEmpty;

const fs::path packaging = test::source_folder() / "packaging";

// The scripts between ''' in a Jenkinsfile, as Groovy hands them to the shell.
std::vector<std::string> scripts_of_jenkinsfile() {
  std::vector<std::string> scripts;
  std::string text = test::read_text(packaging / "jenkins/Jenkinsfile");
  for (std::size_t begin = 0; (begin = text.find("sh '''", begin)) != text.npos;) {
    begin += 6;
    auto end = text.find("'''", begin);
    std::string script = text.substr(begin, end - begin);
    for (std::size_t at = 0; (at = script.find("\\\\", at)) != script.npos; ++at) script.erase(at, 1);
    scripts.push_back(script);
    begin = end + 3;
  }
  return scripts;
}

// The scripts of the workflow's steps, by their names.
std::map<std::string, std::string> scripts_of_workflow(const YAML::Node& workflow) {
  std::map<std::string, std::string> scripts;
  for (const YAML::Node& step : workflow["jobs"]["release"]["steps"])
    if (step["run"]) scripts[step["name"].as<std::string>()] = step["run"].as<std::string>();
  return scripts;
}

class Pipelines : public Publishing {
 protected:
  void SetUp() override {
    Publishing::SetUp();
    if (!IsSkipped()) site.put_both();
  }

  // A script of a job, with the job's parameters as variables and our program in PATH.
  Ran run_script(const std::string& script, const std::map<std::string, std::string>& parameters) {
    test::Command command = machine.command({});
    command.argv = {"bash", "-eo", "pipefail", "-c", script};
    command.folder = machine.folder();
    command.env["PATH"] = test::program().parent_path().string() + ":" + std::getenv("PATH");
    command.env["EULERPUBLISHER_SOURCE"] = site.url();
    command.env["EULERPUBLISHER_RETRIES"] = "1";
    for (const auto& [name, value] : parameters) command.env[name] = value;
    return test::run(command);
  }

  std::map<std::string, std::string> parameters(const std::string& registries) const {
    return {{"VERSION", test::sp1},
            {"INDEX", "docker_img"},
            {"REGISTRIES", registries},
            {"REPOSITORY", "openeuler/openeuler"}};
  }

  void expect_released(const test::RegistryServer& registry) {
    Ran status = machine.run({"container", "check", "-v", test::sp1, "-g", registry.address()});
    EXPECT_EQ(status.status, 0) << test::told(status);
  }
};

TEST_F(Pipelines, TheJenkinsJobPlansReleasesAndChecks) {
  auto& registry = start_registry();
  auto scripts = scripts_of_jenkinsfile();
  ASSERT_EQ(scripts.size(), 3u);
  for (const std::string& script : scripts) {
    Ran ran = run_script(script, parameters(registry.address() + " " + oci()));
    EXPECT_TRUE(ran.ok()) << script << test::told(ran);
  }
  expect_released(registry);
  std::size_t reports = 0;
  for (const auto& file : fs::directory_iterator(machine / "checks"))
    if (file.path().extension() == ".xml" &&
        test::read_text(file.path()).find("<testsuite") != std::string::npos)
      ++reports;
  EXPECT_EQ(reports, 2u) << "one for each registry";
  for (const char* document : {"plan.json", "receipt.json"})
    EXPECT_TRUE(nlohmann::json::accept(test::read_text(machine / document))) << document;
}

TEST_F(Pipelines, TheWorkflowPlansReleasesAndChecks) {
  auto& registry = start_registry();
  auto scripts = scripts_of_workflow(YAML::LoadFile((packaging / "github/release.yml").string()));
  for (const char* step : {"Plan", "Release", "Check"}) {
    ASSERT_TRUE(scripts.contains(step));
    Ran ran = run_script(scripts[step], parameters(registry.address()));
    EXPECT_TRUE(ran.ok()) << step << test::told(ran);
  }
  expect_released(registry);
}

TEST_F(Pipelines, AParameterIsNeverReadAsACommand) {
  auto hostile = parameters("oci:images");
  hostile["VERSION"] = "$(touch taken); touch taken";
  hostile["REPOSITORY"] = "\"; touch taken; \"";
  auto scripts = scripts_of_jenkinsfile();
  for (const auto& [name, script] :
       scripts_of_workflow(YAML::LoadFile((packaging / "github/release.yml").string())))
    if (name == "Plan" || name == "Release" || name == "Check") scripts.push_back(script);
  for (const std::string& script : scripts) EXPECT_FALSE(run_script(script, hostile).ok()) << script;
  EXPECT_FALSE(fs::exists(machine / "taken"));
}

TEST_F(Pipelines, AFailedReleaseFailsTheJob) {
  auto scripts = scripts_of_jenkinsfile();
  ASSERT_EQ(scripts.size(), 3u);
  Ran ran = run_script(scripts[1], parameters("127.0.0.1:1"));
  EXPECT_NE(ran.status, 0);
}

TEST(Jenkinsfile, UsesOnlyParametersThatItDeclares) {
  std::string text = test::read_text(packaging / "jenkins/Jenkinsfile");
  for (const std::string& script : scripts_of_jenkinsfile())
    for (std::size_t at = 0; (at = script.find("\"$", at)) != script.npos; ++at) {
      std::string name =
          script.substr(at + 2, script.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", at + 2) - at - 2);
      if (!name.empty()) {
        EXPECT_THAT(text, HasSubstr("(name: '" + name + "'"));
      }
    }
  EXPECT_EQ(std::ranges::count(text, '{'), std::ranges::count(text, '}'));
}

// A command line somewhere in a text: the commands, and the options that come after them.
struct Shown {
  std::string where;
  std::vector<std::string> path;
  std::set<std::string> options;
};

bool is_command_word(const std::string& word) {
  return !word.empty() &&
         std::ranges::all_of(word, [](unsigned char letter) { return std::islower(letter); });
}

// From the first command on to where the command line ends: at a quote of the text, a pipe, a comment.
Shown read_shown(std::string text, std::string where) {
  for (const char* end : {"`", " |", " >", "  ", " #", ";", "…", "：", "。"})
    text = text.substr(0, text.find(end));
  // `${SINCE:+--changed-since "$SINCE"}`: an option too.
  for (std::size_t at; (at = text.find(":+")) != text.npos;) text.replace(at, 2, " ");
  for (char& letter : text)
    if (std::string("[](){}|\"',").find(letter) != std::string::npos) letter = ' ';
  Shown shown{std::move(where), {}, {}};
  std::istringstream words(text);
  bool in_path = true;
  for (std::string word; words >> word;) {
    if (word == "--") break;
    in_path = in_path && is_command_word(word) && shown.path.size() < 3;
    if (in_path) shown.path.push_back(word);
    if (word.size() > 1 && word.front() == '-' && (std::isalpha(word[1]) || word[1] == '-'))
      shown.options.insert(word.substr(0, word.find('=')));
  }
  return shown;
}

std::vector<Shown> command_lines_in(const fs::path& file) {
  std::vector<Shown> all;
  std::string text = test::read_text(file);
  for (std::size_t at; (at = text.find("\\\n")) != text.npos;) text.replace(at, 2, " ");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    for (const std::string first : {"container ", "store ", "completion ", "man "})
      for (const std::string before : {"eulerpublisher ", "| `"})
        for (std::size_t at = 0; (at = line.find(before + first, at)) != line.npos; ++at)
          all.push_back(read_shown(line.substr(at + before.size()), file.filename().string() + ": " + line));
  return all;
}

std::vector<fs::path> texts_with_command_lines() {
  fs::path source = test::source_folder();
  std::vector<fs::path> files{source / "README.md", source / "README.en.md"};
  for (const fs::path& folder : {source / "docs", packaging})
    for (auto file = fs::recursive_directory_iterator(folder); file != fs::recursive_directory_iterator();
         ++file) {
      if (file->path().filename() == "decisions") file.disable_recursion_pending();  // they tell of the past
      if (file->is_regular_file()) files.push_back(file->path());
    }
  return files;
}

// Whether an option stands as a word of its own in a help text.
bool has_option(const std::string& help, const std::string& option) {
  for (std::size_t at = 0; (at = help.find(option, at)) != help.npos; ++at) {
    char after = help[at + option.size()], before = at == 0 ? ' ' : help[at - 1];
    if ((before == ' ' || before == ',') && (after == ' ' || after == ',' || after == '\n')) return true;
  }
  return false;
}

// The command that a help text is of: asked for an unknown one, the program helps with the one above it.
std::vector<std::string> command_of_help(const std::string& help) {
  auto begin = help.find("Usage: eulerpublisher ");
  if (begin == help.npos) return {};
  std::istringstream words(help.substr(begin + 22, help.find('\n', begin) - begin - 22));
  std::vector<std::string> path;
  for (std::string word; words >> word && is_command_word(word);) path.push_back(word);
  return path;
}

TEST(CommandLines, InDocumentsAndJobsAreUnderstoodByTheProgram) {
  test::Machine machine;
  std::map<std::vector<std::string>, Ran> helps;
  std::set<std::string> files;
  std::size_t seen = 0;
  for (const fs::path& file : texts_with_command_lines())
    for (Shown& shown : command_lines_in(file)) {
      if (shown.path.front() == "man" || shown.path.front() == "completion") shown.path.resize(1);
      if (!helps.contains(shown.path)) {
        std::vector<std::string> words = shown.path;
        words.push_back("--help");
        helps[shown.path] = machine.run(words);
      }
      const Ran& help = helps[shown.path];
      EXPECT_EQ(command_of_help(help.out).size(), shown.path.size()) << shown.where;
      for (const std::string& option : shown.options)
        EXPECT_TRUE(has_option(help.out, option)) << option << " is no option of this: " << shown.where;
      files.insert(file.filename().string());
      ++seen;
    }
  EXPECT_GT(seen, 40u);
  for (const char* file :
       {"README.md", "README.en.md", "operations.md", "Jenkinsfile", "release.yml", ".gitlab-ci.yml",
        "jobs.yml", "images.yml", "level.yml", "build.yaml", "assemble.yaml", "run.sh",
        "eulerpublisher-sync.service.in", "eulerpublisher-sync-once.service.in"})
    EXPECT_TRUE(files.contains(file)) << file;
}

}  // namespace
}  // namespace eulerpublisher
