#include "cli/print_rollout.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/print.h"
#include "cli/table.h"

namespace eulerpublisher::cli {
namespace {

using Json = nlohmann::ordered_json;
using rollout::ImageOutcome;
using State = ImageOutcome::State;

std::string describe_moves(const Receipt& receipt, bool with_checks) {
  std::string text;
  for (const DestinationReceipt& destination : receipt.destinations) {
    if (with_checks) text += brief_checks(destination.checks);
    for (const MoveOutcome& outcome : destination.moves)
      text += fmt::format("  {}:{}: {} -> {}  {}{}\n", destination.repository, outcome.move.tag.text(),
                          outcome.move.from ? outcome.move.from->brief() : "new",
                          outcome.move.to ? outcome.move.to->brief() : "?", name_of(outcome.state),
                          outcome.note.empty() ? "" : " (" + outcome.note + ")");
    if (!destination.error.empty())
      text += fmt::format("  {}: {}\n", destination.repository, destination.error);
    for (const std::string& finding : destination.findings) text += fmt::format("  finding: {}\n", finding);
  }
  return text;
}

std::string describe_one(const ImageOutcome& outcome) {
  std::string text = fmt::format("{}: {}", outcome.id, name_of(outcome.state));
  if (!outcome.built.empty()) text += fmt::format(", {} built", list_of(outcome.built));
  if (!outcome.because.empty()) text += fmt::format(": {}", outcome.because);
  text += "\n";
  for (const Receipt& receipt : outcome.receipts)
    text += describe_moves(receipt, outcome.state == State::refused);
  for (const std::string& note : outcome.notes) text += fmt::format("  note: {}\n", note);
  return text;
}

size_t count(const std::vector<ImageOutcome>& outcomes, State state) {
  return static_cast<size_t>(std::ranges::count(outcomes, state, &ImageOutcome::state));
}

constexpr State all_states[] = {State::published, State::up_to_date, State::behind, State::skipped,
                                State::stopped,   State::refused,    State::failed};

}  // namespace

std::string describe(const std::vector<ImageOutcome>& outcomes) {
  std::string text;
  for (const ImageOutcome& outcome : outcomes)
    if (outcome.state != State::up_to_date || !outcome.notes.empty()) text += describe_one(outcome);
  std::string sum;
  for (State state : all_states)
    if (size_t number = count(outcomes, state))
      sum += fmt::format("{}{} {}", sum.empty() ? "" : ", ", number, name_of(state));
  return text + (sum.empty() ? "nothing to publish" : sum) + "\n";
}

std::string to_json(const std::vector<ImageOutcome>& outcomes) {
  Json json{{"images", Json::array()}, {"summary", Json::object()}};
  for (const ImageOutcome& outcome : outcomes) {
    Json one{{"id", outcome.id},       {"state", name_of(outcome.state)}, {"because", outcome.because},
             {"built", Json::array()}, {"notes", outcome.notes},          {"receipts", Json::array()}};
    for (const Platform& platform : outcome.built) one["built"].push_back(platform.text());
    for (const Receipt& receipt : outcome.receipts) one["receipts"].push_back(Json::parse(receipt.print()));
    json["images"].push_back(std::move(one));
  }
  for (State state : all_states) json["summary"][std::string(name_of(state))] = count(outcomes, state);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string describe(const std::vector<rollout::TagStatus>& tags) {
  Table table({{"image"}, {"tag"}, {"registry"}, {"state"}, {"because"}});
  std::set<std::string> wanting;
  for (const rollout::TagStatus& one : tags) {
    std::string digest = one.digest ? " " + std::string(one.digest->hex().substr(0, 12)) : "";
    table.add_row(
        {one.name, one.tag.text(), one.destination, std::string(name_of(one.state)) + digest, one.because});
    if (wants_build(one.state)) wanting.insert(one.build);
  }
  return table.text() + fmt::format("{} want to be built\n", wanting.size());
}

std::string to_json(const std::vector<rollout::TagStatus>& tags) {
  Json json{{"tags", Json::array()}, {"rebuild", Json::array()}};
  std::set<std::string> wanting;
  for (const rollout::TagStatus& one : tags) {
    json["tags"].push_back({{"image", one.name},
                            {"tag", one.tag.text()},
                            {"registry", one.destination},
                            {"state", name_of(one.state)},
                            {"because", one.because},
                            {"digest", one.digest ? Json(one.digest->text()) : Json(nullptr)}});
    if (wants_build(one.state) && wanting.insert(one.build).second) json["rebuild"].push_back(one.build);
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace eulerpublisher::cli
