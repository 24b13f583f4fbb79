#pragma once

#include <string>
#include <vector>

#include "cli/command_description.h"

namespace eulerpublisher::cli {

// What stands in the head and foot of every page.
struct Imprint {
  std::string tool;  // with its version: eulerpublisher 0.1.0
  std::string date;  // 2024-12-30
};

struct ManualPage {
  std::string name;  // eulerpublisher-container-publish: `man` finds it so
  std::string text;  // in the man(7) macros

  std::string file() const { return name + ".1"; }
};

// The page of `command`, which is `program` or stands somewhere below it.
ManualPage manual_page(const CommandDescription& program, const CommandDescription& command,
                       const Imprint& imprint);

// One page for the program and one for each command that --help shows, the program's first.
std::vector<ManualPage> manual_pages(const CommandDescription& program, const Imprint& imprint);

}  // namespace eulerpublisher::cli
