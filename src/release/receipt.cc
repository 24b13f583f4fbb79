#include "release/receipt.h"

#include <nlohmann/json.hpp>

#include "check/print_checks.h"

namespace eulerpublisher {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::optional<Digest>& digest) {
  return digest ? Json(digest->text()) : Json(nullptr);
}

Json print_move(const MoveOutcome& outcome) {
  Json json{{"tag", outcome.move.tag.text()},
            {"from", text_or_null(outcome.move.from)},
            {"to", text_or_null(outcome.move.to)},
            {"state", name_of(outcome.state)},
            {"because", outcome.move.because}};
  if (!outcome.note.empty()) json["note"] = outcome.note;
  if (outcome.when != Instant{}) json["when"] = rfc3339(outcome.when);
  return json;
}

Json print_destination(const DestinationReceipt& destination) {
  Json json{{"name", destination.name},
            {"repository", destination.repository},
            {"state", name_of(destination.state)},
            {"blobs_sent", destination.blobs_sent},
            {"blobs_there", destination.blobs_there}};
  if (!destination.error.empty()) json["error"] = destination.error;
  json["tags"] = Json::array();
  for (const MoveOutcome& outcome : destination.moves) json["tags"].push_back(print_move(outcome));
  for (const Tag& tag : destination.up_to_date)
    json["tags"].push_back({{"tag", tag.text()}, {"state", name_of(MoveOutcome::State::up_to_date)}});
  json["checks"] = Json::parse(print_checks(destination.checks));
  json["findings"] = destination.findings;
  return json;
}

}  // namespace

std::string_view name_of(DestinationReceipt::State state) {
  switch (state) {
    case DestinationReceipt::State::done:
      return "done";
    case DestinationReceipt::State::behind:
      return "behind";
    case DestinationReceipt::State::untouched:
      return "untouched";
  }
  return "unknown";
}

std::string Receipt::print() const {
  Json json{{"receipt", id}, {"tool", tool}, {"by", by}, {"result", result}};
  if (!error.empty()) json["error"] = error;
  json["version"] = version;
  json["index"] = index;
  json["recipe"] = recipe;
  json["digest"] = text_or_null(digest);
  json["sources"] = Json::array();
  for (const Source& source : sources)
    json["sources"].push_back(
        {{"platform", source.platform.text()}, {"url", source.url}, {"sha256", source.sha256.hex()}});
  json["platforms"] = Json::array();
  for (const Image& image : images) {
    Json layers = Json::array();
    for (const Descriptor& layer : image.layers)
      layers.push_back(
          {{"digest", layer.digest.text()}, {"size", layer.size}, {"mediaType", layer.media_type}});
    json["platforms"].push_back({{"platform", image.platform.text()},
                                 {"manifest", image.manifest.text()},
                                 {"config", image.config.text()},
                                 {"layers", std::move(layers)}});
  }
  json["registries"] = Json::array();
  for (const DestinationReceipt& destination : destinations)
    json["registries"].push_back(print_destination(destination));
  json["notes"] = notes;
  json["started"] = rfc3339(started);
  json["finished"] = rfc3339(finished);
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace eulerpublisher
