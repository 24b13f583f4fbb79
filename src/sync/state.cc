#include "sync/state.h"

#include <nlohmann/json.hpp>

#include "store/new_file.h"
#include "stream/stream.h"

namespace eulerpublisher::sync {
namespace {

using Json = nlohmann::ordered_json;

constexpr uint64_t largest_state = 64 << 20;

const Json nothing = Json::object();

// A member that is an object; an empty one where it is not.
const Json& object_in(const Json& json, const char* key) {
  auto found = json.find(key);
  return found != json.end() && found->is_object() ? *found : nothing;
}

std::string text_in(const Json& json, const char* key) {
  auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

uint64_t number_in(const Json& json, const char* key) {
  auto found = json.find(key);
  return found != json.end() && found->is_number_unsigned() ? found->get<uint64_t>() : 0;
}

Instant instant_in(const Json& json, const char* key) {
  auto time = parse_rfc3339(text_in(json, key));
  return time ? *time : Instant{};
}

bool flag_in(const Json& json, const char* key) {
  auto found = json.find(key);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

Json print_totals(const Totals& totals) {
  Json json{{"rounds", totals.rounds},
            {"retries", totals.retries},
            {"release_milliseconds", static_cast<uint64_t>(totals.release_seconds * 1000)},
            {"last_success", rfc3339(totals.last_success)},
            {"releases", Json::object()},
            {"findings", Json::object()},
            {"hosts", Json::object()}};
  for (const auto& [of, count] : totals.releases) json["releases"][of.first][of.second] = count;
  for (const auto& [severity, count] : totals.findings) json["findings"][severity] = count;
  for (const auto& [name, host] : totals.hosts)
    json["hosts"][name] = {
        {"requests", host.requests}, {"sent", host.bytes_sent}, {"received", host.bytes_received}};
  return json;
}

Totals read_totals(const Json& json) {
  Totals totals;
  totals.rounds = number_in(json, "rounds");
  totals.retries = number_in(json, "retries");
  totals.release_seconds = static_cast<double>(number_in(json, "release_milliseconds")) / 1000;
  totals.last_success = instant_in(json, "last_success");
  for (const auto& [version, results] : object_in(json, "releases").items())
    if (results.is_object())
      for (const auto& [result, count] : results.items())
        if (count.is_number_unsigned()) totals.releases[{version, result}] = count.get<uint64_t>();
  for (const auto& [severity, count] : object_in(json, "findings").items())
    if (count.is_number_unsigned()) totals.findings[severity] = count.get<uint64_t>();
  for (const auto& [name, host] : object_in(json, "hosts").items())
    if (host.is_object())
      totals.hosts[name] = {number_in(host, "requests"), number_in(host, "sent"),
                            number_in(host, "received")};
  return totals;
}

Json print_attempt(const Attempt& attempt) {
  return {{"what", attempt.what},          {"state", attempt.state},
          {"failures", attempt.failures},  {"since", rfc3339(attempt.since)},
          {"next", rfc3339(attempt.next)}, {"error", attempt.error},
          {"not_yet", attempt.not_yet},    {"given_up", attempt.given_up}};
}

Attempt read_attempt(const Json& json) {
  return {text_in(json, "what"),
          text_in(json, "state"),
          static_cast<int>(std::min<uint64_t>(number_in(json, "failures"), 1000)),
          instant_in(json, "since"),
          instant_in(json, "next"),
          text_in(json, "error"),
          flag_in(json, "not_yet"),
          flag_in(json, "given_up")};
}

Json print_offer(const Offer& offer) {
  Json json{{"index", offer.newest->index.text()},
            {"updates", Json::array()},
            {"archives", Json::array()},
            {"not_released", Json::array()}};
  for (const ReleaseIndex& index : offer.updates) json["updates"].push_back(index.text());
  for (const Archive& archive : offer.newest->release.archives)
    json["archives"].push_back({{"platform", archive.platform.text()},
                                {"url", archive.url},
                                {"checksum", archive.checksum.text()},
                                {"source", archive.source}});
  for (const Platform& platform : offer.newest->release.not_released)
    json["not_released"].push_back(platform.text());
  return json;
}

const Json no_items = Json::array();
const Json& items_in(const Json& json, const char* key) {
  auto found = json.find(key);
  return found != json.end() && found->is_array() ? *found : no_items;
}

// Nothing unless all of it can be read: half an offer would look like another one.
Result<Offer> read_offer(const Json& json) {
  Offer offer;
  Release release;
  for (const Json& text : items_in(json, "updates"))
    if (text.is_string()) offer.updates.push_back(TRY(ReleaseIndex::parse(text.get<std::string>())));
  for (const Json& one : items_in(json, "archives"))
    if (one.is_object()) {
      Platform platform = TRY(Platform::parse(text_in(one, "platform")));
      Digest checksum = TRY(Digest::parse(text_in(one, "checksum")));
      release.archives.push_back({platform, text_in(one, "url"), checksum, text_in(one, "source")});
    }
  for (const Json& text : items_in(json, "not_released"))
    if (text.is_string()) release.not_released.push_back(TRY(Platform::parse(text.get<std::string>())));
  if (release.archives.empty()) return corrupt("an offer without archives");
  offer.newest = Offered{TRY(ReleaseIndex::parse(text_in(json, "index"))), std::move(release)};
  return offer;
}

}  // namespace

std::string State::print() const {
  Json json{{"documents", Json::object()},
            {"indexes", Json::object()},
            {"published", Json::object()},
            {"attempts", Json::object()},
            {"not_yet_since", Json::object()}};
  for (const auto& [address, kept] : documents)
    json["documents"][address] = {
        {"etag", kept.etag}, {"last_modified", kept.last_modified}, {"url", kept.url}, {"body", kept.body}};
  for (const auto& [digest, bytes] : indexes) json["indexes"][digest.text()] = bytes;
  for (const auto& [version, offer] : published)
    if (offer.newest) json["published"][version.text()] = print_offer(offer);
  for (const auto& [key, attempt] : attempts) json["attempts"][key] = print_attempt(attempt);
  for (const auto& [key, when] : not_yet_since) json["not_yet_since"][key] = rfc3339(when);
  json["totals"] = print_totals(totals);
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

State State::parse(std::string_view bytes) {
  State state;
  Json json = Json::parse(bytes, nullptr, false);
  if (!json.is_object()) return state;
  for (const auto& [address, kept] : object_in(json, "documents").items())
    if (kept.is_object())
      state.documents[address] = {text_in(kept, "etag"), text_in(kept, "last_modified"),
                                  text_in(kept, "body"), text_in(kept, "url")};
  for (const auto& [text, bytes] : object_in(json, "indexes").items())
    if (auto digest = Digest::parse(text); digest && bytes.is_string())
      state.indexes.emplace(*digest, bytes.get<std::string>());
  for (const auto& [text, one] : object_in(json, "published").items()) {
    auto version = Version::parse(text);
    auto offer = one.is_object() ? read_offer(one) : Result<Offer>(invalid("no offer"));
    if (version && offer) state.published.emplace(*version, std::move(*offer));
  }
  for (const auto& [key, attempt] : object_in(json, "attempts").items())
    if (attempt.is_object()) state.attempts[key] = read_attempt(attempt);
  for (const auto& [key, when] : object_in(json, "not_yet_since").items())
    if (auto time = when.is_string() ? parse_rfc3339(when.get<std::string>()) : Result<Instant>(Instant{}))
      state.not_yet_since[key] = *time;
  state.totals = read_totals(object_in(json, "totals"));
  return state;
}

Result<State> read_state(const std::filesystem::path& file) {
  auto bytes = read_file(file.string(), largest_state);
  if (!bytes && bytes.error().kind() == ErrorKind::not_found) return State{};
  if (!bytes) return std::move(bytes).error();
  return State::parse(*bytes);
}

Done write_state(const std::filesystem::path& file, const State& state) {
  TRY(make_folders(file.parent_path()));
  return replace_file(file, state.print());
}

}  // namespace eulerpublisher::sync
