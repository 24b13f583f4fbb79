#pragma once

#include "stream/stream.h"

namespace eulerpublisher {

// Whether these bytes look like noise from end to end, as what was compressed or encrypted before does: then
// compressing them again takes its time and gains nothing.  Looks at samples; the same bytes get the same
// answer on any machine.  Never true for fewer than 64 KiB.
bool looks_like_noise(Bytes bytes);

}  // namespace eulerpublisher
