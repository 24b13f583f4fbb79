#include "cli/print.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/human.h"

namespace eulerpublisher::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string print_json(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string brief(const std::optional<Digest>& digest, const char* otherwise) {
  return digest ? digest->brief() : std::string(otherwise);
}

Json digest_or_null(const std::optional<Digest>& digest) {
  return digest ? Json(digest->text()) : Json(nullptr);
}

std::string describe_plan(const Plan& plan) {
  std::string text = plan.repository + "\n";
  for (const Move& move : plan.moves)
    text += fmt::format("  {}: {} -> {}  ({})\n", move.tag.text(), brief(move.from, "new"),
                        brief(move.to, "the image to be made"), move.because);
  for (const Tag& tag : plan.up_to_date) text += fmt::format("  {}: up to date\n", tag.text());
  for (const Refusal& refusal : plan.refused)
    text += fmt::format("  {}: refused  ({})\n", refusal.tag.text(), refusal.because);
  return text;
}

Json plan_to_json(const Plan& plan) {
  Json json{{"repository", plan.repository},
            {"moves", Json::array()},
            {"up_to_date", Json::array()},
            {"refused", Json::array()}};
  for (const Move& move : plan.moves)
    json["moves"].push_back({{"tag", move.tag.text()},
                             {"from", digest_or_null(move.from)},
                             {"to", digest_or_null(move.to)},
                             {"because", move.because}});
  for (const Tag& tag : plan.up_to_date) json["up_to_date"].push_back(tag.text());
  for (const Refusal& refusal : plan.refused)
    json["refused"].push_back({{"tag", refusal.tag.text()}, {"because", refusal.because}});
  return json;
}

std::string describe_destination(const DestinationReceipt& destination) {
  std::string text = fmt::format("{}: {}", destination.repository, name_of(destination.state));
  if (destination.blobs_sent + destination.blobs_there > 0)
    text += fmt::format(" ({} blobs sent, {} there)", destination.blobs_sent, destination.blobs_there);
  text += "\n";
  for (const MoveOutcome& outcome : destination.moves)
    text += fmt::format("  {}: {} -> {}  {}{}\n", outcome.move.tag.text(), brief(outcome.move.from, "new"),
                        brief(outcome.move.to, "?"), name_of(outcome.state),
                        outcome.note.empty() ? "" : " (" + outcome.note + ")");
  for (const Tag& tag : destination.up_to_date) text += fmt::format("  {}: up to date\n", tag.text());
  text += brief_checks(destination.checks);
  for (const std::string& finding : destination.findings) text += fmt::format("  finding: {}\n", finding);
  if (!destination.error.empty()) text += fmt::format("  error: {}\n", destination.error);
  return text;
}

std::string state_of(const Outlook::Image& image, bool nothing_to_do) {
  if (nothing_to_do) return "published";
  if (image.in_store)
    return fmt::format("converted already, {} to send", human_size(image.layer_bytes.value_or(0)));
  if (!image.archive_bytes) return "to be fetched and converted";
  return fmt::format("to be fetched and converted, {} to fetch", human_size(*image.archive_bytes));
}

}  // namespace

std::string describe(const Outlook& outlook, const ReleaseRequest& request) {
  std::string text = fmt::format("openEuler {} ({})\n", request.version.text(), request.index.text());
  for (const Outlook::Image& image : outlook.images)
    text += fmt::format("  {}: {}  sha256 {}…  {}\n", image.archive.platform.architecture, image.archive.url,
                        image.archive.checksum.hex().substr(0, 12), state_of(image, outlook.nothing_to_do()));
  for (const Platform& platform : outlook.not_released)
    text += fmt::format("  {}: not released (optional)\n", platform.architecture);
  for (const Plan& plan : outlook.plans) text += describe_plan(plan);
  if (outlook.nothing_to_do()) text += "nothing to do\n";
  return text;
}

std::string to_json(const Outlook& outlook, const ReleaseRequest& request) {
  Json json{{"version", request.version.text()},
            {"index", request.index.text()},
            {"nothing_to_do", outlook.nothing_to_do()},
            {"archives", Json::array()},
            {"not_released", Json::array()},
            {"registries", Json::array()}};
  for (const Outlook::Image& image : outlook.images)
    json["archives"].push_back(
        {{"platform", image.archive.platform.text()},
         {"url", image.archive.url},
         {"sha256", image.archive.checksum.hex()},
         {"in_store", image.in_store},
         {"bytes_to_fetch", image.archive_bytes ? Json(*image.archive_bytes) : Json(nullptr)},
         {"bytes_of_layers", image.layer_bytes ? Json(*image.layer_bytes) : Json(nullptr)}});
  for (const Platform& platform : outlook.not_released) json["not_released"].push_back(platform.text());
  for (const Plan& plan : outlook.plans) json["registries"].push_back(plan_to_json(plan));
  return print_json(json);
}

std::string describe(const std::vector<Plan>& plans) {
  std::string text;
  for (const Plan& plan : plans) text += describe_plan(plan);
  return text;
}

std::string to_json(const std::vector<Plan>& plans) {
  Json json = Json::array();
  for (const Plan& plan : plans) json.push_back(plan_to_json(plan));
  return print_json({{"registries", std::move(json)}});
}

std::string describe(const Receipt& receipt) {
  std::string text = fmt::format("openEuler {}: {}", receipt.version, receipt.result);
  if (receipt.digest) text += fmt::format("  {}", receipt.digest->text());
  text += "\n";
  for (const std::string& note : receipt.notes) text += fmt::format("note: {}\n", note);
  for (const DestinationReceipt& destination : receipt.destinations)
    text += describe_destination(destination);
  return text;
}

std::string describe_tags(const Version& version, const std::vector<EarnedTag>& tags) {
  size_t widest = 0;
  for (const EarnedTag& tag : tags) widest = std::max(widest, tag.tag.text().size());
  std::string text = fmt::format("openEuler {}\n", version.text());
  for (const EarnedTag& tag : tags) text += fmt::format("  {:{}}  {}\n", tag.tag.text(), widest, tag.because);
  return text;
}

std::string tags_to_json(const Version& version, const std::vector<EarnedTag>& tags) {
  Json json{{"version", version.text()}, {"tags", Json::array()}};
  for (const EarnedTag& tag : tags)
    json["tags"].push_back({{"tag", tag.tag.text()}, {"special", tag.special}, {"because", tag.because}});
  return print_json(json);
}

}  // namespace eulerpublisher::cli
