#include "sync/round.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace eulerpublisher::sync {
namespace {

using Json = nlohmann::ordered_json;

Json print_place(const Place& place) {
  Json json{{"registry", place.registry}, {"state", name_of(place.agreement)}};
  if (!place.problem.empty()) json["problem"] = place.problem;
  if (!place.seen) return json;
  json["digest"] = place.seen->digest.text();
  json["created"] = place.seen->content.created;
  json["update_date"] = place.seen->content.update_date;
  json["platforms"] = Json::array();
  for (const Platform& platform : place.seen->content.platforms) json["platforms"].push_back(platform.text());
  return json;
}

Json print_work(const Work& work) {
  Json json{{"version", work.version.text()},
            {"index", work.index.text()},
            {"registries", work.registries},
            {"because", work.because}};
  if (work.result.empty()) return json;
  json["result"] = work.result;
  json["receipt"] = work.receipt;
  json["milliseconds"] = work.took.count();
  if (!work.error.empty()) json["error"] = work.error;
  return json;
}

bool is_failure(const Work& work) { return work.result == "failed" || work.result == "refused"; }

}  // namespace

bool Round::success() const {
  bool well = std::ranges::none_of(remarks, [](const Remark& remark) {
    return remark.kind == Remark::Kind::given_up || remark.kind == Remark::Kind::problem ||
           remark.kind == Remark::Kind::later;
  });
  return well && problems.empty() && !stopped && !behind() && std::ranges::none_of(work, is_failure);
}

bool Round::behind() const {
  return std::ranges::any_of(work, [](const Work& one) { return one.result == "behind"; });
}

bool Round::refused() const {
  return std::ranges::any_of(work, [](const Work& one) { return one.result == "refused"; });
}

std::string Round::print() const {
  Json json{{"started", rfc3339(started)}, {"finished", rfc3339(finished)},
            {"success", success()},        {"work", Json::array()},
            {"versions", Json::array()},   {"remarks", Json::array()},
            {"problems", problems},        {"notes", notes}};
  for (const Work& one : work) json["work"].push_back(print_work(one));
  for (const VersionLine& line : versions) {
    Json version{{"version", line.version.text()},
                 {"in_policy", line.in_policy},
                 {"index", line.index},
                 {"registries", Json::array()}};
    for (const Place& place : line.places) version["registries"].push_back(print_place(place));
    json["versions"].push_back(std::move(version));
  }
  for (const Remark& remark : remarks)
    json["remarks"].push_back(
        {{"version", remark.version.text()}, {"kind", name_of(remark.kind)}, {"text", remark.text}});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace eulerpublisher::sync
