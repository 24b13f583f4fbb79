#pragma once

#include <memory>
#include <stop_token>

#include "stream/chunk.h"
#include "stream/piece_codec.h"
#include "stream/workers.h"

namespace eulerpublisher {

// Compresses chunks on the workers and writes the results into a sink in the order of the chunks: the same
// bytes for any number of workers.  Whichever worker completes the piece whose turn it is writes it and those
// behind it that are ready, so that no thread only waits.  Owned and fed by one thread.
class Compressor {
 public:
  // `results` hands out the room for compressed pieces (codec.bound() bytes each): their number is how many
  // pieces can be on their way.  All references outlive the compressor.
  Compressor(const PieceCodec& codec, Workers& workers, std::shared_ptr<ChunkPool> results, Sink& out,
             std::stop_token stop);
  // Abandons: nothing is written to the sink afterwards.
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  // Takes the next piece: codec.piece() bytes, only the last may have fewer.  Waits while too many are on
  // their way. The error of an earlier piece is returned here or by finish().
  Done add(std::shared_ptr<const Chunk> piece);
  // Waits until all is written, and finish()es the sink.  Without any piece the result is that of an empty
  // one.
  Done finish();

 private:
  struct Job;
  struct Shared;

  const PieceCodec& codec_;
  Workers& workers_;
  std::shared_ptr<ChunkPool> results_;
  std::stop_token stop_;
  std::shared_ptr<Shared> shared_;
  bool empty_ = true;
};

// The same as a sink: bytes go in, compressed they come out.
class Compressing : public Sink {
 public:
  Compressing(const PieceCodec& codec, Workers& workers, Sink& out, std::stop_token stop = {});
  Done write(Bytes bytes) override;
  Done finish() override;

 private:
  std::shared_ptr<ChunkPool> pieces_;
  std::stop_token stop_;
  Compressor compressor_;
  std::shared_ptr<Chunk> filling_;
};

// How many pieces of one stream are worth having on their way at once.
size_t pieces_in_flight(const PieceCodec& codec, const Workers& workers);

}  // namespace eulerpublisher
