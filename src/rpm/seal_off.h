#pragma once

namespace eulerpublisher {

// From here on this process can start no program and no other process, open no connection, and neither trace
// nor signal anybody; a call of that kind fails with EPERM.  Best effort: where the kernel has no seccomp (or
// an emulator stands between) nothing happens.
void seal_off();

}  // namespace eulerpublisher
