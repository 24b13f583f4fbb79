#include "stream/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace eulerpublisher {

namespace {

// How much may gather before the kernel is told to begin writing it to the disk.
constexpr uint64_t disk_step = 8 << 20;

Error ended_unsealed() { return unavailable("what was being written here has been given up"); }

}  // namespace

// What the spool and its readers share; it goes with the last of them.
struct Spool::Shared {
  explicit Shared(FileHandle opened, uint64_t size) : file(std::move(opened)), state({size, {}, {}}) {}
  FileHandle file;
  mutable Guarded<State> state;
};

class SpoolSource : public Source {
 public:
  SpoolSource(std::shared_ptr<Spool::Shared> shared, uint64_t offset, std::stop_token stop)
      : shared_(std::move(shared)), offset_(offset), stop_(std::move(stop)) {}

  Result<size_t> read(std::span<std::byte> room) override {
    size_t count = std::min<uint64_t>(room.size(), TRY(wait_for_bytes()));
    while (count > 0) {
      ssize_t got = ::pread(shared_->file.get(), room.data(), count, static_cast<off_t>(offset_));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_error(errno, "reading from the store");
      if (got == 0) return corrupt("a file in the store has become shorter while it was read");
      offset_ += static_cast<uint64_t>(got);
      return static_cast<size_t>(got);
    }
    return 0;
  }

 private:
  // How many bytes are at hand; none: the end.
  Result<uint64_t> wait_for_bytes() {
    auto state = shared_->state.lock();
    bool ready = state.wait(stop_, [this](const Spool::State& state) {
      return state.size > offset_ || state.sealed.has_value() || state.failed.has_value();
    });
    if (!ready || stop_.stop_requested()) return cancelled("stopped while waiting for more bytes");
    if (state->failed) return *state->failed;
    return state->size - std::min(offset_, state->size);
  }

  std::shared_ptr<Spool::Shared> shared_;
  uint64_t offset_;
  std::stop_token stop_;
};

Spool::Spool(FileHandle file, uint64_t size)
    : shared_(std::make_shared<Shared>(std::move(file), size)), to_disk_(size) {}

Spool::~Spool() { abandon(ended_unsealed()); }

Done Spool::write(Bytes bytes) {
  uint64_t offset = size();
  while (!bytes.empty()) {
    ssize_t count = ::pwrite(fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "writing to the store");
    offset += static_cast<uint64_t>(count);
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  begin_to_disk(offset);
  auto state = shared_->state.lock();
  state->size = offset;
  state.notify();
  return {};
}

// Whoever wants the file to survive a power cut waits for the disk at the end.  The kernel would begin only
// then, or after half a minute; so it is asked to write while there is still something else to do.  Only a
// hint.
void Spool::begin_to_disk(uint64_t size) {
  if (size - to_disk_ < disk_step) return;
  (void)::sync_file_range(fd(), static_cast<off_t>(to_disk_), static_cast<off_t>(size - to_disk_),
                          SYNC_FILE_RANGE_WRITE);
  to_disk_ = size;
}

Done Spool::finish() { return {}; }

void Spool::seal(Descriptor descriptor) {
  auto state = shared_->state.lock();
  if (state->failed) return;
  state->sealed = std::move(descriptor);
  state.notify();
}

void Spool::abandon(Error error) {
  auto state = shared_->state.lock();
  if (state->sealed || state->failed) return;
  state->failed = std::move(error);
  state.notify();
}

uint64_t Spool::size() const { return shared_->state.lock()->size; }

int Spool::fd() const { return shared_->file.get(); }

std::optional<Descriptor> Spool::descriptor() const { return shared_->state.lock()->sealed; }

Result<std::unique_ptr<Source>> Spool::open(uint64_t offset, std::stop_token stop) const {
  return std::make_unique<SpoolSource>(shared_, offset, std::move(stop));
}

}  // namespace eulerpublisher
