#include <nlohmann/json.hpp>

#include "cli/print.h"
#include "cli/table.h"

namespace eulerpublisher::cli {
namespace {

using Json = nlohmann::ordered_json;

// A day; whatever else a foreign image says its date is, is not shown.
std::string date_of(const Content& content) {
  const std::string& dated = content.update_date;
  auto time = parse_rfc3339(dated.empty() ? content.created : dated + "T00:00:00Z");
  return time ? rfc3339(*time).substr(0, 10) : "";
}

std::string_view short_name_of(Record record) {
  switch (record) {
    case Record::agreed:
      return ", as released";
    case Record::moved_since:
      return ", moved since";
    case Record::unfinished:
      return ", unfinished";
    case Record::never_released:
      break;
  }
  return "";
}

std::string cell(const RegistryStatus& registry, size_t row) {
  if (!registry.problem.empty()) return "could not look";
  const TagStatus& tag = registry.tags[row];
  std::string text(name_of(tag.standing));
  if (tag.seen) {
    std::string date = date_of(tag.seen->content);
    text += fmt::format(" {}{}{}", tag.seen->digest.hex().substr(0, 12), date.empty() ? "" : " ", date);
  }
  return text + std::string(short_name_of(tag.record));
}

// What a person should know of a tag beyond its cell; empty when there is nothing.
std::string remark(const TagStatus& tag) {
  std::string text = tag.because;
  if (tag.record == Record::unfinished)
    text += fmt::format("{}the release {} is under way, or was interrupted: the next publish finishes it",
                        text.empty() ? "" : "; ", tag.last->release);
  if (tag.record == Record::moved_since)
    text +=
        fmt::format("{}{} left it naming {} on {}: somebody else has {} it since", text.empty() ? "" : "; ",
                    tag.last->release, tag.recorded ? tag.recorded->brief() : "nothing",
                    rfc3339(tag.last->event.when), tag.seen ? "moved" : "removed");
  return text;
}

Json to_json(const RegistryStatus& registry, size_t row) {
  Json json{{"registry", registry.name}, {"repository", registry.repository}};
  if (!registry.problem.empty()) {
    json["state"] = "could not look";
    return json;
  }
  const TagStatus& tag = registry.tags[row];
  json["state"] = name_of(tag.standing);
  if (!tag.because.empty()) json["because"] = tag.because;
  if (tag.seen) {
    json["digest"] = tag.seen->digest.text();
    json["created"] = tag.seen->content.created;
    json["update_date"] = tag.seen->content.update_date;
    json["platforms"] = Json::array();
    for (const Platform& platform : tag.seen->content.platforms) json["platforms"].push_back(platform.text());
  }
  Json journal{{"state", name_of(tag.record)}};
  if (tag.last) {
    journal["receipt"] = tag.last->release;
    journal["when"] = rfc3339(tag.last->event.when);
    journal["digest"] = tag.recorded ? Json(tag.recorded->text()) : Json(nullptr);
  }
  json["journal"] = std::move(journal);
  return json;
}

}  // namespace

std::string describe(const Status& status) {
  std::vector<Table::Column> titles{{"version"}, {"tag"}};
  for (const RegistryStatus& registry : status.registries) titles.push_back({registry.name});
  Table table(titles);
  std::string remarks;
  for (size_t row = 0; row < status.rows.size(); ++row) {
    const std::string& tag = status.rows[row].tag.tag.text();
    std::vector<std::string> cells{status.rows[row].version.text(), tag};
    for (const RegistryStatus& registry : status.registries) {
      cells.push_back(cell(registry, row));
      std::string more = registry.problem.empty() ? remark(registry.tags[row]) : "";
      if (!more.empty()) remarks += fmt::format("{}: {}: {}\n", registry.repository, tag, more);
    }
    table.add_row(std::move(cells));
  }
  for (const RegistryStatus& registry : status.registries)
    if (!registry.problem.empty()) remarks += fmt::format("{}: {}\n", registry.name, registry.problem);
  return table.text() + remarks;
}

std::string to_json(const Status& status) {
  Json json{{"tags", Json::array()}, {"problems", Json::array()}};
  for (const RegistryStatus& registry : status.registries)
    if (!registry.problem.empty())
      json["problems"].push_back({{"registry", registry.name}, {"error", registry.problem}});
  for (size_t row = 0; row < status.rows.size(); ++row) {
    const Status::Row& of = status.rows[row];
    Json one{{"version", of.version.text()},
             {"tag", of.tag.tag.text()},
             {"special", of.tag.special},
             {"registries", Json::array()}};
    for (const RegistryStatus& registry : status.registries)
      one["registries"].push_back(to_json(registry, row));
    json["tags"].push_back(std::move(one));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace eulerpublisher::cli
