#pragma once

#include <string_view>
#include <vector>

#include "inspect/layer_report.h"

namespace eulerpublisher {

// Private keys (PEM, OpenSSH, PGP, PuTTY, age) and tokens of well-known forms in a file's content, at most a
// few for each file; `file` is left empty.  What only looks like one is not told: a PEM header without a key
// behind it, as libraries carry it, the example keys of documentation, a token that is one letter repeated.
// Goes over two bytes of three without looking at them; from any thread.
std::vector<SecretFound> find_secrets(std::string_view content);

}  // namespace eulerpublisher
