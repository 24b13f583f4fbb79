#include "release/rollback.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "check/check.h"
#include "check/checks.h"
#include "release/moves_journal.h"
#include "release/recovery.h"
#include "release/repository_lock.h"

namespace eulerpublisher {
namespace {

using Json = nlohmann::json;

// A member that must be a text; empty when it is absent or null.
std::string text_of(const Json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Result<std::optional<Move>> read_move(const Json& json) {
  if (text_of(json, "state") != name_of(MoveOutcome::State::moved)) return std::nullopt;
  Tag tag = TRY(Tag::parse(text_of(json, "tag")));
  Digest to = TRY(Digest::parse(text_of(json, "to")));
  std::optional<Digest> from;
  if (std::string before = text_of(json, "from"); !before.empty()) from = TRY(Digest::parse(before));
  return Move{tag, from, to, {}};
}

// Whether an image is still there as a whole, so that a tag may name it.
Done require_whole(RepositoryReader& reader, const Digest& digest, std::stop_token stop) {
  RawManifest raw = TRY(reader.manifest(digest, stop));
  CheckedImage image = TRY(read_image(reader, raw.descriptor(), {}, Unread::leave, stop));
  auto findings = TRY(blobs_check().look({reader, image, {}, {}}, stop));
  if (!findings.empty()) return not_found("{}: {}", findings.front().where, findings.front().text);
  return {};
}

Result<Plan> plan_lane(const PastRelease& past, const PastRelease::Lane& lane, RepositoryReader& reader,
                       std::vector<std::string>& notes, std::stop_token stop) {
  Plan plan{reader.name(), {}, {}, {}};
  for (const Move& move : lane.moves) {
    auto found = TRY(reader.find(move.tag, stop));
    auto refuse = [&](std::string because) { plan.refused.push_back({move.tag, std::move(because)}); };
    if (!move.from) {
      notes.push_back(fmt::format("{}: {} did not exist before {}, so it stays", reader.name(),
                                  move.tag.text(), past.id));
    } else if (found && found->digest == *move.from) {
      plan.up_to_date.push_back(move.tag);
    } else if (!found || found->digest != *move.to) {
      refuse(fmt::format("{} names {} by now, not what {} made it name", move.tag.text(),
                         found ? found->digest.brief() : "nothing", past.id));
    } else if (Done whole = require_whole(reader, *move.from, stop); !whole) {
      if (whole.error().kind() != ErrorKind::not_found) return std::move(whole).error();
      refuse(fmt::format("the image {} named before is not there any more: {}", move.tag.text(),
                         whole.error().text()));
    } else {
      plan.moves.push_back({move.tag, *move.to, *move.from, "taking back " + past.id});
    }
  }
  return plan;
}

Done commit_back(const PastRelease& past, RollbackParts& parts, Receipt& receipt, std::stop_token stop) {
  std::vector<std::string> names;
  std::string lines;
  for (const Destination& destination : parts.destinations) {
    names.push_back(destination.repository->name());
    lines += (lines.empty() ? "" : "\n") + names.back();
  }
  auto locks = TRY(lock_repositories(parts.state_folder, names, stop));
  receipt.notes = TRY(recover(parts.journal, parts.destinations, parts.clock, parts.tool, stop));
  receipt.id = TRY(parts.journal.begin("rollback", past.version, lines));
  TRY(MovesJournal(&parts.journal, receipt.id).begun_by(parts.by));
  auto [plans, notes] = TRY(plan_rollback(past, parts.destinations, stop));
  receipt.notes.insert(receipt.notes.end(), notes.begin(), notes.end());
  std::vector<CommitLane> lanes;
  for (size_t i = 0; i < plans.size(); ++i) {
    if (!plans[i].refused.empty())
      return conflict("{}: {}; nothing was changed", plans[i].repository, plans[i].refused.front().because);
    lanes.push_back({parts.destinations[i], plans[i], {}, {}});
  }
  MovesJournal listener(&parts.journal, receipt.id);
  TRY(listener.announce(lanes));
  auto bytes = [&](RepositoryReader& reader, const Digest& digest) { return reader.manifest(digest, stop); };
  Done done = commit(lanes, bytes, {}, listener, parts.clock, stop);
  for (const CommitLane& lane : lanes) {
    DestinationReceipt one;
    one.name = lane.destination.name;
    one.repository = lane.destination.repository->name();
    one.moves = lane.outcomes;
    one.up_to_date = lane.plan.up_to_date;
    one.state = done ? DestinationReceipt::State::done : DestinationReceipt::State::untouched;
    receipt.destinations.push_back(std::move(one));
  }
  return done;
}

}  // namespace

Result<PastRelease> parse_receipt(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("registries") || !json["registries"].is_array())
    return corrupt("this is no receipt of a release");
  PastRelease past{text_of(json, "receipt"), text_of(json, "version"), {}};
  for (const Json& registry : json["registries"]) {
    if (!registry.is_object()) return corrupt("this is no receipt of a release");
    PastRelease::Lane lane{text_of(registry, "name"), text_of(registry, "repository"), {}};
    auto tags = registry.find("tags");
    if (tags != registry.end() && tags->is_array())
      for (const Json& tag : *tags)
        if (auto move = TRY(read_move(tag).within("a tag in the receipt"))) lane.moves.push_back(*move);
    if (!lane.moves.empty()) past.lanes.push_back(std::move(lane));
  }
  return past;
}

Result<RollbackPlan> plan_rollback(const PastRelease& past, const std::vector<Destination>& destinations,
                                   std::stop_token stop) {
  RollbackPlan plan;
  for (size_t i = 0; i < past.lanes.size(); ++i)
    plan.plans.push_back(TRY(plan_lane(past, past.lanes[i], *destinations[i].repository, plan.notes, stop)));
  return plan;
}

RolledBack roll_back(const PastRelease& past, RollbackParts parts, std::stop_token stop) {
  RolledBack ended;
  Receipt& receipt = ended.receipt;
  receipt.tool = parts.tool;
  receipt.by = parts.by;
  receipt.version = past.version;
  receipt.started = parts.clock.now();
  Done done = commit_back(past, parts, receipt, stop);
  receipt.finished = parts.clock.now();
  receipt.result = done ? "rolled back" : "failed";
  if (!done) {
    ended.error = done.error();
    receipt.error = done.error().text();
  }
  if (receipt.id.empty()) return ended;
  if (Done written = parts.journal.end(receipt.id, receipt.result, done ? 0 : 1, receipt.print());
      !written && !ended.error)
    ended.error = written.error();
  return ended;
}

}  // namespace eulerpublisher
