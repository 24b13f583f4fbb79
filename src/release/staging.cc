#include "release/staging.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "oci/media_type.h"

namespace eulerpublisher {

// Everything that happens with one destination.
struct Staging::Lane {
  struct State {
    std::optional<Error> failed;
    std::vector<std::pair<std::shared_ptr<const Blob>, bool>> followed;  // and whether it arrived
    StageOutcome outcome;
  };

  Lane(Destination to, std::stop_token stop) : destination(std::move(to)), uploads(std::move(stop)) {
    state.lock()->outcome.repository = destination.repository->name();
  }

  void count(Repository::Put put) {
    auto locked = state.lock();
    ++(put == Repository::Put::sent ? locked->outcome.blobs_sent : locked->outcome.blobs_there);
  }

  void fail(Error error) {
    auto locked = state.lock();
    if (!locked->failed) locked->failed = std::move(error);
  }

  Destination destination;
  Guarded<State> state;
  TaskGroup
      uploads;  // of layers that are still growing; its tasks never fail, they leave their error in `state`
};

namespace {

std::string describe(Repository::Put put) {
  switch (put) {
    case Repository::Put::was_there:
      return "was there";
    case Repository::Put::mounted:
      return "mounted";
    case Repository::Put::sent:
      break;
  }
  return "sent";
}

// A blob that tells a Transfer how much of it has been read.
class WatchedBlob : public Blob {
 public:
  WatchedBlob(const Blob& inner, Transfer& transfer) : inner_(inner), transfer_(transfer) {}
  std::optional<Descriptor> descriptor() const override { return inner_.descriptor(); }

  Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override {
    transfer_.done_bytes(offset);
    if (auto known = descriptor()) transfer_.total(known->size);
    return std::make_unique<Watched>(TRY(inner_.open(offset, stop)), *this);
  }

 private:
  class Watched : public Source {
   public:
    Watched(std::unique_ptr<Source> inner, const WatchedBlob& blob) : inner_(std::move(inner)), blob_(blob) {}
    Result<size_t> read(std::span<std::byte> room) override {
      size_t count = TRY(inner_->read(room));
      blob_.transfer_.add_bytes(count);
      return count;
    }

   private:
    std::unique_ptr<Source> inner_;
    const WatchedBlob& blob_;
  };

  const Blob& inner_;
  Transfer& transfer_;
};

}  // namespace

Staging::Staging(std::vector<Destination> destinations, Progress& progress, std::stop_token stop)
    : progress_(progress) {
  for (Destination& destination : destinations)
    lanes_.push_back(std::make_unique<Lane>(std::move(destination), stop));
}

Staging::~Staging() = default;

void Staging::follow(std::shared_ptr<const Blob> layer, const Platform& platform) {
  for (auto& lane : lanes_) {
    size_t number;
    {
      auto state = lane->state.lock();
      if (state->failed) continue;
      number = state->followed.size();
      state->followed.emplace_back(layer, false);
    }
    auto transfer = std::shared_ptr<Transfer>(
        progress_.start(fmt::format("{} {} layer", lane->destination.name, platform.architecture)));
    transfer->phase("uploading");
    lane->uploads.add([lane = lane.get(), layer, transfer, number](std::stop_token stop) -> Done {
      auto put = lane->destination.repository->put_blob(WatchedBlob(*layer, *transfer), stop);
      if (put) {
        lane->count(*put);
        lane->state.lock()->followed[number].second = true;
        transfer->done(describe(*put));
      } else if (layer->descriptor()) {
        lane->fail(std::move(put).error());
      } else {
        // The layer itself failed to become one, or we were stopped: not this destination's fault, unless the
        // release goes on and complete() finds the layer missing.
        transfer->done("given up");
        log_debug("{}: {}", lane->destination.name, put.error().text());
        if (put.error().kind() != ErrorKind::cancelled && put.error().kind() != ErrorKind::corrupt)
          lane->fail(std::move(put).error());
      }
      return {};
    });
  }
}

Done Staging::put_all(Lane& lane, const CompleteImage& image, std::stop_token stop) {
  Repository& repository = *lane.destination.repository;
  std::set<Digest> there;
  {
    auto state = lane.state.lock();
    if (state->failed) return *state->failed;
    for (auto& [layer, arrived] : state->followed)
      if (auto descriptor = layer->descriptor(); descriptor && arrived) there.insert(descriptor->digest);
  }
  TaskGroup layers(stop);
  for (const PlatformImage& part : image.platforms)
    for (const Descriptor& descriptor : part.layers) {
      if (!there.insert(descriptor.digest).second) continue;
      layers.add([this, &lane, &repository, &image, &part, descriptor](std::stop_token stop) -> Done {
        auto transfer =
            progress_.start(fmt::format("{} {} layer", lane.destination.name, part.platform.architecture));
        transfer->phase("uploading");
        auto put = TRY(repository.put_blob(WatchedBlob(*image.layers.at(descriptor.digest), *transfer), stop)
                           .within("putting layer {}", descriptor.digest.brief()));
        lane.count(put);
        transfer->done(describe(put));
        return {};
      });
    }
  for (const PlatformImage& part : image.platforms)
    layers.add([&lane, &repository, &part](std::stop_token stop) -> Done {
      MemoryBlob config(std::string(media_type::config), part.config);
      lane.count(TRY(
          repository.put_blob(config, stop).within("putting the configuration of {}", part.platform.text())));
      return {};
    });
  TRY(layers.wait());
  for (const PlatformImage& part : image.platforms) {
    RawManifest manifest{part.manifest->media_type, part.manifest.bytes()};
    TRY(repository.put_manifest(manifest, stop).within("putting the manifest of {}", part.platform.text()));
  }
  return repository.put_manifest(image.raw_index(), stop).within("putting the index");
}

std::vector<StageOutcome> Staging::complete(const CompleteImage& image) {
  TaskGroup lanes;
  for (auto& lane : lanes_)
    lanes.add([this, lane = lane.get(), &image](std::stop_token) -> Done {
      (void)lane->uploads.wait();
      if (Done done = put_all(*lane, image, lane->uploads.token()); !done)
        lane->fail(std::move(done).error());
      return {};
    });
  (void)lanes.wait();
  std::vector<StageOutcome> outcomes;
  for (auto& lane : lanes_) {
    auto state = lane->state.lock();
    state->outcome.failed = state->failed;
    outcomes.push_back(state->outcome);
  }
  return outcomes;
}

}  // namespace eulerpublisher
