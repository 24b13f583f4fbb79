#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

namespace eulerpublisher::cli {
namespace {

// Groups of options that a command may take.
enum Takes : unsigned {
  version = 1,
  repository = 2,  // where to: -p, -g, -m, TLS
  source = 4,      // where from: -i, -a, --source
  recipe = 8,      // how to convert
  moving = 16,     // how tags may move
  storing = 32,    // the local store
  dry = 64,
  keeping = 128,        // store prune
  receipt = 512,        // history
  this_receipt = 1024,  // rollback: it must be named
  connecting = 2048,    // logins, TLS
  any_tag = 256,  // check: any tag
};

void add_general(CLI::App& app, Options& options) {
  app.add_option("--progress", options.progress, "auto, bar (a terminal), plain (a log) or none")
      ->check(CLI::IsMember({"auto", "bar", "plain", "none"}))
      ->capture_default_str()
      ->envname("EULERPUBLISHER_PROGRESS");
  app.add_flag("--json", options.json, "one JSON document on standard output, and nothing else there");
  app.add_flag("--quiet", options.quiet, "say nothing but errors");
  app.add_flag("--verbose", options.verbose, "say everything: requests, retries, causes");
}

void add_repository(CLI::App& app, Options& options) {
  app.add_option("-p,--repo", options.repository,
                 "the repository's name [openeuler/openeuler, or the policy's]")
      ->type_name("NAME");
  app.add_option("-g,--registry", options.registries,
                 "a registry: docker.io, quay.io, 127.0.0.1:5000, or oci:FOLDER; may be repeated [docker.io]")
      ->type_name("R")
      ->envname("EULERPUBLISHER_REGISTRY");
}

void add_connecting(CLI::App& app, Options& options) {
  app.add_option(
         "-m,--registries", options.registries_file,
         "a file of registries with the names of the variables that hold their logins [what EP_LOGIN_FILE "
         "names]")
      ->type_name("FILE")
      ->expected(0, 1);
  app.add_option("--plain-http", options.plain_http,
                 "a host that is spoken to without TLS (loopback addresses always are); may be repeated")
      ->type_name("HOST");
  app.add_option("--ca", options.ca_files, "certificates to trust beside the system's (PEM); may be repeated")
      ->type_name("FILE");
  app.add_flag(
      "--password-stdin", options.password_stdin,
      "read the password for LOGIN_USERNAME from standard input (logins that `docker login` and `podman "
      "login` have stored are found without it)");
}

void add_source(CLI::App& app, Options& options) {
  app.add_option("-i,--index", options.index,
                 "docker_img (the first release), docker_img/update/YYYY-MM-DD or docker_img/update/current")
      ->type_name("I")
      ->capture_default_str();
  app.add_option("-a,--arch", options.architectures,
                 "architectures, all required [the policy's: amd64,arm64, and loong64 where it exists]")
      ->type_name("LIST");
  app.add_option(
         "--source", options.sources,
         "the release repository: https://…, http://… or a folder; may be repeated, the first that has the "
         "version serves")
      ->type_name("URL")
      ->envname("EULERPUBLISHER_SOURCE");
}

void add_network(CLI::App& app, Options& options) {
  app.add_option("--timeout", options.timeout,
                 "how long a connection may stand still before it is given up, in seconds")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, 86400.0))
      ->capture_default_str()
      ->envname("EULERPUBLISHER_TIMEOUT");
  app.add_option("--retries", options.retries, "how often a request is repeated that failed for the moment")
      ->type_name("N")
      ->check(CLI::Range(0, 100))
      ->capture_default_str()
      ->envname("EULERPUBLISHER_RETRIES");
}

void add_moving(CLI::App& app, Options& options) {
  app.add_flag("--best-effort", options.best_effort,
               "go on with the registries that work; exit status 3 when one is behind");
  app.add_flag("--allow-older", options.allow_older,
               "let a tag go back to an image made from an older archive");
  app.add_flag("--allow-fewer-platforms", options.allow_fewer_platforms,
               "let an index be replaced by one with fewer architectures");
  app.add_option("--verify", options.verify, "read back: sizes of all blobs, or their bytes too (full)")
      ->check(CLI::IsMember({"sizes", "full"}))
      ->capture_default_str();
}

}  // namespace

struct CommandEntry {
  Command command;
  const char* name;
  const char* alias;  // or null
  const char* says;
  const char* example;
  unsigned takes;
};

namespace {

constexpr CommandEntry container_commands[] = {
    {Command::prepare, "prepare", nullptr, "Fetch, verify and convert a release into the local store",
     "eulerpublisher container prepare -v 24.03-LTS-SP1", version | source | recipe | storing},
    {Command::check, "check", nullptr, "Check what was prepared, or what a registry holds",
     "eulerpublisher container check -v 24.03-LTS-SP1 -p openeuler/openeuler -g docker.io",
     version | repository | storing | any_tag},
    {Command::push, "push", nullptr,
     "Put what was prepared into registries, check it there, and move the tags",
     "eulerpublisher container push -v 24.03-LTS-SP1 -p openeuler/openeuler -g docker.io",
     version | repository | moving | storing | dry},
    {Command::publish, "publish", "publisher", "One click: fetch, verify, convert, check, push, tag",
     "eulerpublisher container publish -v 24.03-LTS-SP1 -p openeuler/openeuler -g docker.io -g quay.io",
     version | repository | source | recipe | moving | storing | dry},
    {Command::plan, "plan", nullptr,
     "What publish would do: bytes to fetch, tags to move and why; changes nothing",
     "eulerpublisher container plan -v 24.03-LTS-SP1 -p openeuler/openeuler",
     version | repository | source | recipe | moving | storing},
    {Command::tags, "tags", nullptr, "The tags a version earns, and why",
     "eulerpublisher container tags -v 22.03-LTS-SP1", version},
    {Command::status, "status", nullptr, "What every registry holds for every version of the policy",
     "eulerpublisher container status -g docker.io -g quay.io", repository | source | recipe},
    {Command::history, "history", nullptr, "What was released from this machine; with a receipt, all of it",
     "eulerpublisher container history 20241230T101500Z-24.03-LTS-SP1-1", receipt},
    {Command::rollback, "rollback", nullptr, "Point the tags of a release back to what they named before it",
     "eulerpublisher container rollback 20241230T101500Z-24.03-LTS-SP1-1", this_receipt | connecting | dry},
};

constexpr CommandEntry store_commands[] = {
    {Command::store_prune, "prune", nullptr,
     "Remove the longest unused until the store is at most this large",
     "eulerpublisher store prune --keep 2GiB", storing | keeping},
};

void add_options(CLI::App& app, Options& options, unsigned takes) {
  if (takes & version) {
    auto* option = app.add_option("-v,--version", options.version, "24.03-LTS-SP1; case does not matter");
    option->type_name("V");
    if (!(takes & any_tag)) option->required();
  }
  if (takes & any_tag)
    app.add_option("-t,--tag", options.tag, "a tag or digest to check, of any image [the version's own]")
        ->type_name("TAG");
  if (takes & repository) add_repository(app, options);
  if (takes & (repository | connecting)) add_connecting(app, options);
  if (takes & source) add_source(app, options);
  if (takes & (repository | source)) add_network(app, options);
  if (takes & recipe)
    app.add_option("--compression", options.compression, "of layers: gzip or zstd [the policy's: gzip]")
        ->check(CLI::IsMember({"gzip", "zstd"}));
  if (takes & moving) add_moving(app, options);
  if (takes & (receipt | this_receipt)) {
    auto* option = app.add_option("receipt", options.receipt, "a receipt, as `history` lists them");
    option->type_name("RECEIPT");
    if (takes & this_receipt) option->required();
  }
  app.add_option("--policy", options.policy,
                 "versions, special tags, architectures, registries [built in, from oEEP-0005]")
      ->type_name("FILE")
      ->envname("EULERPUBLISHER_POLICY");
  if (takes & storing)
    app.add_option("--store", options.store, "the local store [$XDG_CACHE_HOME/eulerpublisher]")
        ->type_name("FOLDER")
        ->envname("EULERPUBLISHER_STORE");
  if (takes & dry) app.add_flag("--dry-run", options.dry_run, "the plan, and nothing else");
  if (takes & keeping)
    app.add_option("--keep", options.keep, "how much may stay: bytes, or with KiB, MiB, GiB")
        ->type_name("SIZE")
        ->required();
  add_general(app, options);
}

constexpr const char* exit_statuses =
    "Exit status: 0 done or nothing to do; 1 failed; 2 the command line or a configuration file is wrong; 3 "
    "some "
    "registries are behind; 4 a check refused the image; 5 the input cannot be trusted.";

// One line that says what is wrong and where help is.
std::string mistake_in(const CLI::App& whole, const CLI::ParseError& error) {
  const CLI::App* app = &whole;
  std::string typed = whole.get_name();
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    typed += " " + app->get_name();
  }
  std::string says = error.what();
  std::vector<std::string> rest = whole.remaining(true);
  bool wants_command = !app->get_subcommands([](const CLI::App*) { return true; }).empty();
  if (wants_command && !rest.empty()) {
    says = fmt::format("'{} {}' is no command", typed, rest.front());
  } else if (wants_command) {
    says = fmt::format("'{}' wants a command", typed);
  }
  std::ranges::replace(says, '\n', ' ');
  return fmt::format("error: {}; see `{} --help`\n", says, typed);
}

}  // namespace

std::string tool_name() { return "eulerpublisher " EP_VERSION; }

CommandLine::CommandLine()
    : app_(std::make_unique<CLI::App>(
          "Puts releases of openEuler into registries as official container images: "
          "fetch, verify, convert, check, push, tag.",
          "eulerpublisher")) {
  app_->set_version_flag("--version", tool_name());
  app_->require_subcommand(1);
  app_->footer(
      std::string("Example: eulerpublisher container publish -v 24.03-LTS-SP1 -p openeuler/openeuler -g "
                  "docker.io\n"
                  "Logins: `docker login` and `podman login` store them; eulerpublisher reads them from "
                  "there.\n") +
      exit_statuses);
  CLI::App* container = app_->add_subcommand("container", "Base and application images");
  container->require_subcommand(1);
  add_commands(*container);
  for (const char* name : {"base", "app"}) {
    CLI::App* older = container->add_subcommand(name, "Today's name for the same commands");
    older->require_subcommand(1);
    older->group("");
    add_commands(*older);
  }
  CLI::App* store = app_->add_subcommand("store", "The local store (an OCI image layout)");
  store->require_subcommand(1);
  for (const CommandEntry& entry : store_commands) add_command(*store, entry);
}

CommandLine::~CommandLine() = default;

void CommandLine::add_commands(CLI::App& parent) {
  for (const CommandEntry& entry : container_commands) add_command(parent, entry);
}

void CommandLine::add_command(CLI::App& parent, const CommandEntry& entry) {
  CLI::App* command = parent.add_subcommand(entry.name, entry.says);
  if (entry.alias) command->alias(entry.alias);
  command->footer(fmt::format("Example: {}\n{}", entry.example, exit_statuses));
  add_options(*command, options_, entry.takes);
  command->callback([this, &entry] { chosen_ = entry.command; });
}

std::optional<CommandLine::Parsed> CommandLine::parse(int argc, const char* const* argv, Answer& instead) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    int status = app_->exit(error, out, err);
    instead = {status == 0 ? 0 : 2, status == 0 ? out.str() : mistake_in(*app_, error), status == 0};
    return std::nullopt;
  }
  return Parsed{*chosen_, options_};
}

}  // namespace eulerpublisher::cli
