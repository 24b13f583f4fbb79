#include "release/publish.h"

#include <algorithm>

namespace eulerpublisher {
namespace {

ReleaseTerms terms_of(const ReleaseRequest& request) {
  return {request.version.text(), request.tags, request.allowed, request.best_effort, request.verify_bytes};
}

}  // namespace

bool Outlook::nothing_to_do() const {
  return std::ranges::all_of(plans,
                             [](const Plan& plan) { return plan.moves.empty() && plan.refused.empty(); });
}

// One run's state.
class Publisher::Run {
 public:
  Run(const ReleaseRequest& request, const PublishParts& parts, const Gate& gate, std::stop_token stop)
      : request_(request),
        parts_(parts),
        terms_(terms_of(request)),
        stop_(stop),
        run_(terms_, parts.release, gate, stop) {
    run_.receipt().index = request.index.text();
    run_.receipt().recipe = request.recipe.text();
  }

  Result<Outlook> outlook() {
    TRY(run_.look(look_at_source()));
    run_.plan(intended_content(request_, release_), std::nullopt);
    Outlook outlook;
    outlook.plans = TRY(run_.plans());
    for (const Archive& archive : release_.archives) {
      auto layers = prepared_size(parts_.prepare.store, request_, archive);
      Outlook::Image image{archive, layers.has_value(), std::nullopt, layers};
      if (!layers && !outlook.nothing_to_do())
        image.archive_bytes = parts_.prepare.upstream.size_of(archive, stop_);
      outlook.images.push_back(std::move(image));
    }
    outlook.not_released = release_.not_released;
    return outlook;
  }

  Result<Outlook> push_outlook() {
    PreparedRelease prepared = TRY(read_store());
    TRY(run_.look());
    run_.plan(prepared.content, prepared.index.digest());
    Outlook outlook;
    for (const AssembledImage& image : prepared.images) {
      uint64_t size = 0;
      for (const Descriptor& layer : image.layers) size += layer.size;
      outlook.images.push_back(
          {{image.platform, image.archive_url, image.archive, {}}, true, std::nullopt, size});
    }
    outlook.plans = TRY(run_.plans());
    return outlook;
  }

  Done publish() {
    TRY(run_.begin("publish"));
    TRY(run_.look(look_at_source()));
    if (!TRY(run_.decide(intended_content(request_, release_), std::nullopt))) return {};
    Staging staging = run_.staging();
    auto follow = [&](std::shared_ptr<const Blob> layer, const Platform& platform) {
      staging.follow(std::move(layer), platform);
    };
    auto prepared = TRY(prepare(request_, release_, lenders(), parts_.prepare, follow, stop_));
    // The disk is waited for while the registries are busy.
    TaskGroup keeping;
    keeping.add([&](std::stop_token) { return prepared.keep_in(parts_.prepare.store); });
    return run_.release(staging, prepared.complete(), keeping);
  }

  Done push() {
    TRY(run_.begin("push"));
    PreparedRelease prepared = TRY(read_store());
    run_.receipt().recipe = prepared.content.recipe;
    TRY(run_.look());
    if (!TRY(run_.decide(prepared.content, prepared.index.digest()))) return {};
    Staging staging = run_.staging();
    TaskGroup nothing_beside;
    return run_.release(staging, prepared.complete(), nothing_beside);
  }

  Ended end(Done done) { return run_.end(std::move(done)); }

 private:
  Result<PreparedRelease> read_store() {
    auto prepared = TRY(read_prepared(parts_.prepare.store, request_.version, stop_));
    if (prepared) return std::move(*prepared);
    return not_found("{} has not been prepared in {}: run `eulerpublisher container prepare -v {}` first",
                     request_.version.text(), parts_.prepare.store.folder().string(),
                     request_.version.text());
  }

  TaskGroup::Task look_at_source() {
    return [this](std::stop_token stop) -> Done {
      ReleaseWanted wanted{request_.version.text(), request_.index, request_.required, request_.optional};
      release_ = TRY(parts_.prepare.upstream.look(wanted, stop));
      Receipt& receipt = run_.receipt();
      for (const Archive& archive : release_.archives)
        receipt.sources.push_back({archive.platform, archive.url, archive.checksum});
      for (const Platform& platform : release_.not_released)
        receipt.notes.push_back(
            fmt::format("{} has no {} (optional)", request_.version.text(), platform.architecture));
      return {};
    };
  }

  std::vector<Lender> lenders() const {
    std::vector<Lender> all;
    for (const ReleaseRun::Look& look : run_.looks())
      for (const std::optional<Seen>& seen : look.seen)
        if (seen && !seen->content.archives.empty()) all.push_back({look.repository, *seen});
    return all;
  }

  const ReleaseRequest& request_;
  const PublishParts& parts_;
  ReleaseTerms terms_;
  std::stop_token stop_;
  Release release_;
  ReleaseRun run_;
};

Publisher::Publisher(ReleaseRequest request, PublishParts parts, Gate gate)
    : request_(std::move(request)), parts_(std::move(parts)), gate_(std::move(gate)) {}

Publisher::~Publisher() = default;

Result<Outlook> Publisher::outlook(std::stop_token stop) {
  return Run(request_, parts_, gate_, stop).outlook();
}

Result<Outlook> Publisher::push_outlook(std::stop_token stop) {
  return Run(request_, parts_, gate_, stop).push_outlook();
}

Ended Publisher::publish(std::stop_token stop) {
  Run run(request_, parts_, gate_, stop);
  Done done = run.publish();
  return run.end(std::move(done));
}

Ended Publisher::push(std::stop_token stop) {
  Run run(request_, parts_, gate_, stop);
  Done done = run.push();
  return run.end(std::move(done));
}

}  // namespace eulerpublisher
