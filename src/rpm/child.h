#pragma once

#include <optional>

namespace eulerpublisher {

// What main() asks first: whether this process was started by read_packages() to read a database.  Then it
// gives up what it does not need, reads, prints, and yields the exit status; else nothing.
std::optional<int> run_as_reader(int argc, char** argv);

}  // namespace eulerpublisher
