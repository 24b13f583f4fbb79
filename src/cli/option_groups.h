#pragma once

#include "cli/options.h"

namespace CLI {
class App;
}

namespace eulerpublisher::cli {

// Some options that belong together, added to a command.
using OptionGroup = void (*)(CLI::App&, Options&);

// Every option is defined once, here: it means the same in every command that takes it.
namespace option_groups {

void general(CLI::App&, Options&);              // every command has it: the policy, and how to speak
void version(CLI::App&, Options&);              // it must be named
void possible_version(CLI::App&, Options&);     // it may be named
void any_tag(CLI::App&, Options&);              // of any image
void instead_of_checking(CLI::App&, Options&);  // --list and --diff
void comparing(CLI::App&, Options&);            // --previous
void fewer_platforms(CLI::App&, Options&);      // --allow-fewer-platforms
void where_to(CLI::App&, Options&);             // -p and -g
void connecting(CLI::App&, Options&);           // logins, TLS
void where_from(CLI::App&, Options&);           // -i, -a, --source
void network(CLI::App&, Options&);              // patience and retries
void meta(CLI::App&, Options&);                 // images of a catalogue instead of a release
void building(CLI::App&, Options&);             // how they are built
void matrix(CLI::App&, Options&);               // plan --meta
void job(CLI::App&, Options&);                  // build
void results(CLI::App&, Options&);              // assemble
void recipe(CLI::App&, Options&);               // how to convert
void moving(CLI::App&, Options&);               // how tags may move
void storing(CLI::App&, Options&);              // the local store
void running(CLI::App&, Options&);              // how the image is run for checks
void with_network(CLI::App&, Options&);         // what is run may use it
void reports(CLI::App&, Options&);              // files about what checks found
void dry(CLI::App&, Options&);
void keeping(CLI::App&, Options&);           // store prune
void receipt(CLI::App&, Options&);           // it may be named
void this_receipt(CLI::App&, Options&);      // it must be named
void shell(CLI::App&, Options&);             // completion
void manual(CLI::App&, Options&);            // man
void catalogue(CLI::App&, Options&);         // or a part of one; it must be named
void changed(CLI::App&, Options&);           // only what changed in it
void findings(CLI::App&, Options&);          // lint
void image_folders(CLI::App&, Options&);     // readme; they must be named
void rounds(CLI::App&, Options&);            // sync: which versions, how often
void reporting(CLI::App&, Options&);         // sync: metrics and the log's form
void sources(CLI::App&, Options&);           // --source alone
void status_report(CLI::App&, Options&);     // status: as a page, against the release repository
void possible_keeping(CLI::App&, Options&);  // sync: how large the store may become

}  // namespace option_groups
}  // namespace eulerpublisher::cli
