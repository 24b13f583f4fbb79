#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <thread>

#include "base/log.h"
#include "base/sanitizers.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/log_lines.h"
#include "http/credentials.h"
#include "rpm/child.h"

namespace eulerpublisher::cli {
namespace {

// Ctrl-C and SIGTERM ask the run to stop, so that it leaves nothing half visible; a second one ends it at
// once.  SIGHUP is for whoever runs as a service; all others it ends.
class StopOnSignal {
 public:
  StopOnSignal(bool is_service, sync::Hangup& hangup) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    if (is_service) sigaddset(&signals, SIGHUP);
    // Before any other thread begins, so that all of them leave these signals to ours.
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);
    std::thread([this, signals, &hangup] {
      while (true) {
        int number = 0;
        sigwait(&signals, &number);
        if (number == SIGHUP) {
          hangup.raise();
        } else if (!stop_.request_stop()) {
          _exit(128 + number);
        }
      }
    }).detach();
  }
  std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
};

// Passwords and tokens are in memory: no crash writes them to a disk, and nobody else reads them from /proc.
void keep_memory_to_ourselves() {
  rlimit nothing{0, 0};
  setrlimit(RLIMIT_CORE, &nothing);
  if (!sanitized) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void complain(const Error& error, const Options& options) {
  std::string text =
      options.verbose ? fmt::format("{} [{}]", error.text(), name_of(error.kind())) : error.text();
  log_line(LogLevel::error, text);
}

ExitStatus run_with_progress(const CommandLine::Parsed& parsed, Service& service, std::stop_token stop) {
  const Options& options = parsed.options;
  LogLevel least = options.quiet ? LogLevel::error : options.verbose ? LogLevel::debug : LogLevel::info;
  bool as_json = options.log_format == "json";
  auto mode = parse_progress_mode(options.quiet || as_json ? "none" : options.progress);
  ProgressDisplay progress(mode ? *mode : ProgressMode::none, least, standard_error(), system_clock());
  if (as_json) log_as_json(least);
  ProgressThread thread(progress, system_clock());
  auto policy = load_policy(options);
  if (!policy) {
    complain(policy.error(), options);
    return ExitStatus::wrong_input;
  }
  Parts parts(options, *policy, progress);
  Session session{options, *policy, parts, stop, service};
  auto status = parsed.run(session);
  if (status) return *status;
  complain(status.error(), options);
  return exit_status_of(status.error().kind());
}

}  // namespace

int run_program(int argc, char** argv) {
  keep_memory_to_ourselves();
  http::withhold_logins();
  if (argc > 1 && argv[1] == completion_question) {
    print_document(answer_completion({argv + 2, argv + argc}));
    return 0;
  }
  CommandLine command_line;
  CommandLine::Answer instead;
  auto parsed = command_line.parse(argc, argv, instead);
  if (!parsed) {
    std::fputs(instead.text.c_str(), instead.to_stdout ? stdout : stderr);
    return instead.exit_status;
  }
  // The thread that hears signals outlives main.
  auto* service = new Service{sync::Supervisor::from_environment(), {}};
  auto* stop = new StopOnSignal(!parsed->options.every.empty(), service->hangup);
  return static_cast<int>(run_with_progress(*parsed, *service, stop->token()));
}

}  // namespace eulerpublisher::cli

// Exceptions are bugs; only here are they caught.
int main(int argc, char** argv) {
  try {
    // Sealed off, and all is written: what librpm would do at the end, and a search for leaks, it may not do.
    if (auto status = eulerpublisher::run_as_reader(argc, argv)) _exit(*status);
    return eulerpublisher::cli::run_program(argc, argv);
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "eulerpublisher: this is a bug: %s\n", bug.what());
    return 1;
  }
}
