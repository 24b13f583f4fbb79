#include "trial/probe.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace eulerpublisher {
namespace {

struct Question {
  std::string_view name;
  std::string_view program;  // without it the question is not asked
  std::string_view script;
};

constexpr std::string_view begins = "@@ask ", ends = "@@end ";

// A list of repositories without what is said beside it; when that fails, whatever it says.
constexpr std::string_view dnf_repolist =
    "if list=$(dnf -q repolist 2>/dev/null); then echo \"$list\"; else dnf -q repolist; fi";
constexpr std::string_view yum_repolist =
    "if list=$(yum -q repolist 2>/dev/null); then echo \"$list\"; else yum -q repolist; fi";

constexpr std::array questions{
    Question{"machine", "uname", "uname -m"},
    Question{"os-release", "cat", "cat /etc/os-release"},
    Question{"date", "date", "date +%Z"},
    Question{"locale", "locale", "locale"},
    Question{"charmap", "locale", "LC_ALL=C.UTF-8 locale charmap"},
    Question{"hosts", "getent", "getent hosts localhost"},
    Question{"useradd", "useradd", "useradd -m eulerpublisher-check && id eulerpublisher-check"},
    Question{"adduser", "adduser", "adduser -D eulerpublisher-check2 && id eulerpublisher-check2"},
    Question{"login", "bash", "bash -lc 'exit 0'"},
    Question{"rpm", "rpm", "rpm -qa"},
    Question{"verify", "rpm", "rpm -Va --nodeps 2>/dev/null; true"},
    Question{"dnf", "dnf", "dnf --version"},
    Question{"dnf-repolist", "dnf", dnf_repolist},
    Question{"yum", "yum", "yum --version"},
    Question{"yum-repolist", "yum", yum_repolist},
};

// busybox answers to the names of programs that it has in another form, such as rpm, or not at all.
bool is_only_a_name(const Answer& answer) {
  return answer.text.find("applet not found") != std::string::npos ||
         answer.text.find("multi-call binary") != std::string::npos;
}

}  // namespace

std::string Probe::script() {
  std::string script;
  for (const Question& question : questions)
    script += fmt::format(
        "if command -v {1} >/dev/null 2>&1; then\n"
        "echo '{3}{0}'\n( {2} ) </dev/null 2>&1\ns=$?\necho\necho '{4}{0}' $s\nfi\n",
        question.name, question.program, question.script, begins, ends);
  return script + "exit 0\n";
}

Probe Probe::parse(std::string_view said) {
  Probe probe;
  std::string name;
  Answer answer;
  while (!said.empty()) {
    std::string_view line = said.substr(0, said.find('\n'));
    said.remove_prefix(std::min(said.size(), line.size() + 1));
    if (line.starts_with(begins)) {
      name = line.substr(begins.size());
      answer = {};
    } else if (std::string closing = std::string(ends) + name + " ";
               !name.empty() && line.starts_with(closing)) {
      std::string_view status = line.substr(closing.size());
      std::from_chars(status.data(), status.data() + status.size(), answer.status);
      answer.there = !is_only_a_name(answer);
      // The line that was put between an answer without an end and ours.
      while (answer.text.ends_with('\n')) answer.text.pop_back();
      probe.answers_[name] = std::move(answer);
      name.clear();
    } else if (!name.empty()) {
      answer.text += line;
      answer.text += '\n';
    }
  }
  return probe;
}

const Answer& Probe::operator[](std::string_view question) const {
  static const Answer none;
  auto found = answers_.find(question);
  return found == answers_.end() ? none : found->second;
}

}  // namespace eulerpublisher
