#pragma once

#include <string>

namespace eulerpublisher::cli {

// Who runs the program, for receipts: `alice@build01`, the number of the user where it has no name.
std::string person();

}  // namespace eulerpublisher::cli
