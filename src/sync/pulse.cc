#include "sync/pulse.h"

namespace eulerpublisher::sync {
namespace {

class CountedTransfer : public Transfer {
 public:
  CountedTransfer(std::unique_ptr<Transfer> next, std::atomic<uint64_t>& count)
      : next_(std::move(next)), count_(count) {}
  void phase(std::string name) override { (++count_, next_->phase(std::move(name))); }
  void total(uint64_t bytes) override { (++count_, next_->total(bytes)); }
  void done_bytes(uint64_t bytes) override { (++count_, next_->done_bytes(bytes)); }
  void add_bytes(uint64_t bytes) override { (++count_, next_->add_bytes(bytes)); }
  void done(std::string note) override { (++count_, next_->done(std::move(note))); }

 private:
  std::unique_ptr<Transfer> next_;
  std::atomic<uint64_t>& count_;
};

}  // namespace

std::unique_ptr<Transfer> Pulse::start(std::string label) {
  ++count_;
  return std::make_unique<CountedTransfer>(next_.start(std::move(label)), count_);
}

}  // namespace eulerpublisher::sync
