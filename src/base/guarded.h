#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace eulerpublisher {

// A value that can be reached only while its lock is held.  Any thread may lock it.
template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  // Access to the value for as long as the Lock lives.
  class Lock {
   public:
    T& operator*() { return guarded_->value_; }
    T* operator->() { return &guarded_->value_; }

    // Lets others in until `ready` holds for the value; false when `stop` was asked for first.
    template <class Ready>
    bool wait(std::stop_token stop, Ready ready) {
      return guarded_->changed_.wait(lock_, std::move(stop), [&] { return ready(guarded_->value_); });
    }

    // Wakes all who wait.
    void notify() { guarded_->changed_.notify_all(); }

   private:
    friend class Guarded;
    explicit Lock(Guarded& guarded) : guarded_(&guarded), lock_(guarded.mutex_) {}
    Guarded* guarded_;
    std::unique_lock<std::mutex> lock_;
  };

  Lock lock() { return Lock(*this); }

 private:
  T value_{};
  std::mutex mutex_;
  std::condition_variable_any changed_;
};

}  // namespace eulerpublisher
