#include "stream/xz.h"

#include <algorithm>

namespace eulerpublisher {

namespace {
constexpr size_t input_buffer = 256 << 10;
}

XzSource::XzSource(Source& packed, XzLimits limits)
    : packed_(packed), limits_(limits), input_(input_buffer) {}

XzSource::~XzSource() { lzma_end(&stream_); }

Done XzSource::start() {
  lzma_ret code;
  if (limits_.threads <= 1) {
    code = lzma_stream_decoder(&stream_, limits_.memory, LZMA_CONCATENATED);
  } else {
    lzma_mt options{};
    options.flags = LZMA_CONCATENATED;
    options.threads = limits_.threads;
    options.memlimit_threading = limits_.memory_per_thread * limits_.threads;
    options.memlimit_stop = std::max(limits_.memory, options.memlimit_threading);
    code = lzma_stream_decoder_mt(&stream_, &options);
  }
  if (code != LZMA_OK) return error_of(code);
  started_ = true;
  return {};
}

Done XzSource::fill() {
  size_t count = TRY(packed_.read(input_));
  input_ended_ = count == 0;
  stream_.next_in = reinterpret_cast<const uint8_t*>(input_.data());
  stream_.avail_in = count;
  return {};
}

Result<size_t> XzSource::read(std::span<std::byte> room) {
  if (ended_ || room.empty()) return 0;
  if (!started_) TRY(start());
  stream_.next_out = reinterpret_cast<uint8_t*>(room.data());
  stream_.avail_out = room.size();
  while (stream_.avail_out == room.size()) {
    if (stream_.avail_in == 0 && !input_ended_) TRY(fill());
    lzma_ret code = lzma_code(&stream_, input_ended_ ? LZMA_FINISH : LZMA_RUN);
    if (code == LZMA_STREAM_END) {
      ended_ = true;
      break;
    }
    if (code != LZMA_OK) return error_of(code);
  }
  return room.size() - stream_.avail_out;
}

Error XzSource::error_of(lzma_ret code) const {
  switch (code) {
    case LZMA_FORMAT_ERROR:
      return corrupt("it is not an xz archive");
    case LZMA_BUF_ERROR:
      if (stream_.total_in == 0) return corrupt("it is empty, not an xz archive");
      return corrupt("its xz data ends too early, after {} bytes", stream_.total_in);
    case LZMA_MEMLIMIT_ERROR:
      return corrupt("its xz data needs {} MiB of memory to unpack, at most {} MiB are allowed",
                     (lzma_memusage(&stream_) >> 20) + 1, limits_.memory >> 20);
    case LZMA_OPTIONS_ERROR:
      return unsupported("its xz data uses a filter or check that liblzma {} does not know",
                         lzma_version_string());
    case LZMA_MEM_ERROR:
      return unavailable("there is not enough memory to unpack xz");
    default:
      return corrupt("its xz data is damaged near byte {}", stream_.total_in);
  }
}

}  // namespace eulerpublisher
