#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "image/convert.h"
#include "inspect/layer_inspector.h"
#include "inspect/layer_scan.h"
#include "store/store.h"
#include "stream/compressor.h"
#include "stream/hashing.h"

namespace eulerpublisher {

// A file of an archive that may be a layer, read to its end, compressed and lying in an unsealed spool.
struct TakenLayer {
  std::string name;  // in the archive
  Digest diff_id;
  Descriptor descriptor;  // of what the spool holds
  std::shared_ptr<Spool> spool;
  std::shared_ptr<const LayerReport> report;
  std::optional<Error> fault;  // why it is no layer
};

// What all layers of one conversion share: where they go, how they are compressed, and the memory for it.
// Owned by the converting thread.
class LayerIntake {
 public:
  LayerIntake(Store& store, const PieceCodec& codec, std::shared_ptr<Workers> workers,
              const ArchiveLimits& limits, const ConvertEvents& events, std::stop_token stop);

  // Takes one file in: its bytes in order, then its end.  Destruction before that gives it up.
  class Taking {
   public:
    Taking(LayerIntake& intake, std::string name, std::shared_ptr<Spool> spool);
    Done add(std::shared_ptr<Chunk> piece);
    Result<TakenLayer> finish();

   private:
    std::string name_;
    std::string media_type_;
    std::shared_ptr<Spool> spool_;
    Hashing stored_;
    std::shared_ptr<LayerInspector> inspector_;
    LayerScan scan_;
    Compressor compressor_;
  };
  Result<std::unique_ptr<Taking>> start(std::string name);
  // An empty buffer for the next piece.
  Result<std::shared_ptr<Chunk>> piece() { return pieces_->take(stop_); }
  // A layer that is in memory already.
  Result<TakenLayer> take(std::string name, std::string_view tar);

  // Ends whoever follows a spool that is not sealed.
  void abandon(const Error& error);

 private:
  Store& store_;
  const PieceCodec& codec_;
  std::shared_ptr<Workers> workers_;
  const ArchiveLimits& limits_;
  const ConvertEvents& events_;
  std::stop_token stop_;
  std::shared_ptr<ChunkPool> pieces_;
  std::shared_ptr<ChunkPool> results_;
  std::vector<std::shared_ptr<Spool>> spools_;
};

}  // namespace eulerpublisher
