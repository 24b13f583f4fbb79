#include "stream/spool.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace eulerpublisher {

FileHandle::~FileHandle() {
  if (fd_ >= 0) ::close(fd_);
}

// Reads a spool at its own pace.  Keeps nothing but an offset: the file is shared.
class SpoolSource : public Source {
 public:
  SpoolSource(const Spool& spool, uint64_t offset, std::stop_token stop)
      : spool_(spool), offset_(offset), stop_(std::move(stop)) {}

  Result<size_t> read(std::span<std::byte> room) override {
    if (offset_ >= known_) {
      auto state = spool_.state_.lock();
      auto ready = [&](const Spool::State& s) { return s.size > offset_ || s.sealed || s.failed; };
      if (!state.wait(stop_, ready) || stop_.stop_requested())
        return cancelled("stopped while waiting for bytes");
      if (state->failed) return *state->failed;
      if (state->size <= offset_) return size_t{0};
      known_ = state->size;
    }
    size_t count = std::min<uint64_t>(room.size(), known_ - offset_);
    while (true) {
      ssize_t got = ::pread(spool_.fd(), room.data(), count, static_cast<off_t>(offset_));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_error(errno, "reading a spool");
      if (got == 0) return corrupt("a spool has lost bytes that were written to it");
      offset_ += static_cast<uint64_t>(got);
      return static_cast<size_t>(got);
    }
  }

 private:
  const Spool& spool_;
  uint64_t offset_;
  uint64_t known_ = 0;
  std::stop_token stop_;
};

Spool::Spool(FileHandle file, uint64_t size) : file_(std::move(file)) { state_.lock()->size = size; }

Spool::~Spool() = default;

Done Spool::write(Bytes bytes) {
  uint64_t at = size();
  while (!bytes.empty()) {
    ssize_t count = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "writing to the store");
    at += static_cast<uint64_t>(count);
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  auto state = state_.lock();
  state->size = at;
  state.notify();
  return {};
}

Done Spool::finish() { return {}; }

void Spool::seal(Descriptor descriptor) {
  auto state = state_.lock();
  if (!state->failed) state->sealed = std::move(descriptor);
  state.notify();
}

void Spool::abandon(Error error) {
  auto state = state_.lock();
  if (!state->sealed && !state->failed) state->failed = std::move(error);
  state.notify();
}

uint64_t Spool::size() const { return state_.lock()->size; }

std::optional<Descriptor> Spool::descriptor() const { return state_.lock()->sealed; }

Result<std::unique_ptr<Source>> Spool::open(uint64_t offset, std::stop_token stop) const {
  return std::make_unique<SpoolSource>(*this, offset, std::move(stop));
}

}  // namespace eulerpublisher
