#pragma once

#include <stop_token>

#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/parts.h"
#include "sync/hangup.h"
#include "sync/round.h"
#include "sync/supervisor.h"

namespace eulerpublisher::cli {

// What reaches a command that runs as a service from outside.
struct Service {
  sync::Supervisor supervisor;
  sync::Hangup hangup;
};

// What every command is given.
struct Session {
  const Options& options;
  const Policy& policy;
  Parts& parts;
  std::stop_token stop;
  Service& service;
};

// One file each.  What people read goes to standard error, --json to standard output.  An Error means that
// the command could not do its work; a status, how the work ended.
Result<ExitStatus> run_prepare(Session& session);
Result<ExitStatus> run_check(Session& session);
Result<ExitStatus> run_push(Session& session);
Result<ExitStatus> run_publish(Session& session);
Result<ExitStatus> run_plan(Session& session);
Result<ExitStatus> run_plan_meta(Session& session);  // plan --meta
Result<ExitStatus> run_build(Session& session);
Result<ExitStatus> run_assemble(Session& session);
Result<ExitStatus> run_tags(Session& session);
Result<ExitStatus> run_lint(Session& session);
Result<ExitStatus> run_status(Session& session);
Result<ExitStatus> run_sync(Session& session);
Result<ExitStatus> run_history(Session& session);
Result<ExitStatus> run_rollback(Session& session);
Result<ExitStatus> run_readme_push(Session& session);
Result<ExitStatus> run_readme_table(Session& session);
Result<ExitStatus> run_store_prune(Session& session);
Result<ExitStatus> run_completion(Session& session);
Result<ExitStatus> run_man(Session& session);

// What the completion scripts ask for at each TAB.  `words` are those after the program's name, up to the
// cursor.
std::string answer_completion(const std::vector<std::string>& words);

// What `check --list` and `check --diff` do.
Result<ExitStatus> list_checks(Session& session);
Result<ExitStatus> show_difference(Session& session);
// What lets a release become visible, or not: all checks, at every registry, before any tag moves there; those
// that run the image as --engine, --require-run, -s and --scripts say.  `invalid` when these are wrong.
Result<Gate> gate_for(const ReleaseRequest& request, const Options& options, const Policy& policy);

// What the release repository and the registries have, without doing anything about it.
Result<sync::Round> look_at_newest(const Session& session);

// For people, on standard error, unless --quiet.
void tell(const Session& session, const std::string& text);
// One document on standard output.
void print_document(const std::string& json);

}  // namespace eulerpublisher::cli
