#include "stream/workers.h"

#include <algorithm>
#include <map>

namespace eulerpublisher {

Workers::Workers(unsigned threads) {
  for (unsigned i = 0; i < std::max(1u, threads); ++i)
    threads_.emplace_back([this](std::stop_token stop) { work(std::move(stop)); });
}

Workers::~Workers() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

void Workers::add(std::function<void()> job) {
  auto jobs = jobs_.lock();
  jobs->push_back(std::move(job));
  jobs.notify();
}

void Workers::work(std::stop_token stop) {
  while (true) {
    std::function<void()> job;
    {
      auto jobs = jobs_.lock();
      jobs.wait(stop, [](const auto& jobs) { return !jobs.empty(); });
      if (jobs->empty()) return;
      job = std::move(jobs->front());
      jobs->pop_front();
    }
    job();
  }
}

std::shared_ptr<Workers> Workers::shared(unsigned threads) {
  static Guarded<std::map<unsigned, std::weak_ptr<Workers>>> all;
  if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
  auto known = all.lock();
  std::weak_ptr<Workers>& slot = (*known)[threads];
  std::shared_ptr<Workers> workers = slot.lock();
  if (!workers) slot = workers = std::make_shared<Workers>(threads);
  return workers;
}

}  // namespace eulerpublisher
