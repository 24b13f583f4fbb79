#include "build/engine_run.h"

#include <fmt/format.h>

#include <deque>
#include <fstream>

#include "base/guarded.h"

namespace eulerpublisher::build {
namespace {

constexpr size_t lines_told = 3;
constexpr size_t longest_line = 300;  // bytes of one line in a message

// The last lines of what streams by, without what a terminal would act on.
class LastLines {
 public:
  void add(std::string_view text) {
    for (char c : text) {
      if (c == '\n' || c == '\r') {
        end_line();
      } else if (line_.size() < longest_line) {
        bool harmless = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
        line_ += harmless ? c : c == '\t' ? ' ' : '?';
      }
    }
  }
  std::string text() {
    end_line();
    std::string all;
    for (const std::string& line : lines_) all += (all.empty() ? "" : " | ") + line;
    return all;
  }

 private:
  void end_line() {
    if (line_.find_first_not_of(' ') != line_.npos) lines_.push_back(line_);
    if (lines_.size() > lines_told) lines_.pop_front();
    line_.clear();
  }

  std::string line_;
  std::deque<std::string> lines_;
};

}  // namespace

Result<std::string> call_engine(const EngineCall& call, std::stop_token stop) {
  std::ofstream log;
  if (!call.log.empty()) {
    log.open(call.log, std::ios::app | std::ios::binary);
    if (!log) return unavailable("the log {} cannot be written", call.log.string());
    log << fmt::format("$ {}\n", fmt::join(call.command.argv, " "));
  }
  LastLines last;
  process::Terms terms;
  terms.patience = call.patience;
  terms.watch = [&](std::string_view text) {
    last.add(text);
    if (log.is_open()) log.write(text.data(), static_cast<std::streamsize>(text.size())).flush();
  };
  process::Ended ended = TRY(process::run(call.command, terms, stop).within("{}", call.doing));
  if (ended.ok()) return std::move(ended.out);
  std::string how = ended.too_late
                        ? fmt::format("it took longer than {} s",
                                      std::chrono::duration_cast<std::chrono::seconds>(call.patience).count())
                        : fmt::format("{} ended with status {}", call.command.argv[0], ended.status);
  std::string words = last.text();
  return unavailable("{}: {}{}{}{}", call.doing, how, words.empty() ? "" : "; its last words: ", words,
                     call.log.empty() ? "" : fmt::format("; all of them are in {}", call.log.string()));
}

}  // namespace eulerpublisher::build
