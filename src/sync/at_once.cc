#include "sync/at_once.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace eulerpublisher::sync {

void at_once(size_t count, size_t together, const std::stop_token& stop,
             const std::function<void(size_t)>& work) {
  std::atomic<size_t> next = 0;
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < std::min(count, together); ++i)
    threads.emplace_back([&] {
      for (size_t number = next++; number < count && !stop.stop_requested(); number = next++) work(number);
    });
}

}  // namespace eulerpublisher::sync
