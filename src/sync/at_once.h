#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

namespace eulerpublisher::sync {

// Calls `work` for every number below `count`, so many at a time, each on a thread; returns when all are
// done. Once `stop` is asked for, those not begun are left out.  `work` must not throw.
void at_once(size_t count, size_t together, const std::stop_token& stop,
             const std::function<void(size_t)>& work);

}  // namespace eulerpublisher::sync
