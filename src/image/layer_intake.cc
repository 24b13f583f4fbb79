#include "image/layer_intake.h"

#include <algorithm>
#include <cstring>

namespace eulerpublisher {

LayerIntake::LayerIntake(Store& store, const PieceCodec& codec, std::shared_ptr<Workers> workers,
                         const ArchiveLimits& limits, const ConvertEvents& events, std::stop_token stop)
    : store_(store),
      codec_(codec),
      workers_(std::move(workers)),
      limits_(limits),
      events_(events),
      stop_(std::move(stop)),
      pieces_(ChunkPool::make(codec.piece(), pieces_in_flight(codec, *workers_))),
      results_(ChunkPool::make(codec.bound(), pieces_in_flight(codec, *workers_))) {}

Result<std::unique_ptr<LayerIntake::Taking>> LayerIntake::start(std::string name) {
  std::shared_ptr<Spool> spool = TRY(store_.new_spool());
  spools_.push_back(spool);
  if (events_.layer_started) events_.layer_started(spool);
  return std::make_unique<Taking>(*this, std::move(name), std::move(spool));
}

Result<TakenLayer> LayerIntake::take(std::string name, std::string_view tar) {
  auto taking = TRY(start(std::move(name)));
  Bytes bytes = as_bytes(tar);
  while (!bytes.empty()) {
    auto next = TRY(piece());
    size_t count = std::min(bytes.size(), next->room().size());
    std::memcpy(next->room().data(), bytes.data(), count);
    next->grow(count);
    bytes = bytes.subspan(count);
    TRY(taking->add(std::move(next)));
  }
  return taking->finish();
}

void LayerIntake::abandon(const Error& error) {
  for (auto& spool : spools_) spool->abandon(error);
}

LayerIntake::Taking::Taking(LayerIntake& intake, std::string name, std::shared_ptr<Spool> spool)
    : name_(std::move(name)),
      media_type_(intake.codec_.media_type()),
      spool_(std::move(spool)),
      stored_(*spool_),
      inspector_(std::make_shared<LayerInspector>()),
      scan_(inspector_, intake.limits_, intake.stop_),
      compressor_(intake.codec_, *intake.workers_, intake.results_, stored_, intake.stop_) {}

Done LayerIntake::Taking::add(std::shared_ptr<Chunk> piece) {
  scan_.add(piece);
  return compressor_.add(std::move(piece));
}

Result<TakenLayer> LayerIntake::Taking::finish() {
  LayerScan::Seen seen = TRY(scan_.finish());
  TRY(compressor_.finish());
  Descriptor descriptor{media_type_, stored_.digest(), stored_.size(), {}, {}};
  return TakenLayer{name_, seen.diff_id, std::move(descriptor), spool_, inspector_->take(), seen.fault};
}

}  // namespace eulerpublisher
