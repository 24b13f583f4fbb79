#include <nlohmann/json.hpp>

#include "base/task_group.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "release/survey.h"

namespace eulerpublisher::cli {
namespace {

using Json = nlohmann::ordered_json;

// What one registry holds under the tags of all versions.
struct Column {
  Destination destination;
  std::vector<std::optional<Seen>> seen;  // one for each row
  std::string problem;
};

struct Row {
  Version version;
  Tag tag;
};

// published: this version, all its required platforms.  behind: platforms are missing.  different: another
// version's image, or one that is not ours.  absent: no such tag.
std::string state_of(const std::optional<Seen>& seen, const Row& row, const Policy& policy) {
  if (!seen) return "absent";
  if (seen->content.version != row.version) return "different";
  for (const Platform& required : policy.required_platforms(row.version)) {
    bool there = false;
    for (const Platform& platform : seen->content.platforms)
      there = there || same_machine(platform, required);
    if (!there) return "behind";
  }
  return "published";
}

std::string cell(const Column& column, size_t row, const std::string& state) {
  if (!column.problem.empty()) return "could not look";
  const std::optional<Seen>& seen = column.seen[row];
  if (!seen) return state;
  const Content& content = seen->content;
  std::string date = content.update_date.empty() ? content.created.substr(0, 10) : content.update_date;
  return fmt::format("{} {} {}", state, seen->digest.hex().substr(0, 12), date);
}

Json to_json(const std::vector<Row>& rows, const std::vector<Column>& columns, const Policy& policy) {
  Json json{{"versions", Json::array()}, {"problems", Json::array()}};
  for (const Column& column : columns)
    if (!column.problem.empty())
      json["problems"].push_back({{"registry", column.destination.name}, {"error", column.problem}});
  for (size_t i = 0; i < rows.size(); ++i) {
    Json version{
        {"version", rows[i].version.text()}, {"tag", rows[i].tag.text()}, {"registries", Json::array()}};
    for (const Column& column : columns) {
      Json one{{"registry", column.destination.name}};
      if (!column.problem.empty()) {
        one["state"] = "could not look";
      } else {
        const std::optional<Seen>& seen = column.seen[i];
        one["state"] = state_of(seen, rows[i], policy);
        if (seen) {
          one["digest"] = seen->digest.text();
          one["created"] = seen->content.created;
          one["update_date"] = seen->content.update_date;
          one["platforms"] = Json::array();
          for (const Platform& platform : seen->content.platforms)
            one["platforms"].push_back(platform.text());
        }
      }
      version["registries"].push_back(std::move(one));
    }
    json["versions"].push_back(std::move(version));
  }
  return json;
}

}  // namespace

Result<ExitStatus> run_status(Session& session) {
  std::vector<Row> rows;
  std::vector<Tag> tags;
  for (const Version& version : session.policy.versions()) {
    rows.push_back({version, version.tag()});
    tags.push_back(version.tag());
  }
  std::vector<Column> columns;
  for (Destination& destination : TRY(session.parts.destinations()))
    columns.push_back({std::move(destination), {}, {}});
  TaskGroup looks(session.stop);
  for (Column& column : columns)
    looks.add([&](std::stop_token stop) -> Done {
      auto seen = survey(*column.destination.repository, tags, stop);
      if (seen) {
        column.seen = std::move(*seen);
      } else {
        column.problem = seen.error().text();
      }
      return {};
    });
  TRY(looks.wait());
  std::vector<Table::Column> titles{{"version"}};
  for (const Column& column : columns) titles.push_back({column.destination.name});
  Table table(titles);
  for (size_t i = 0; i < rows.size(); ++i) {
    std::vector<std::string> cells{rows[i].version.text()};
    for (const Column& column : columns)
      cells.push_back(
          cell(column, i, column.problem.empty() ? state_of(column.seen[i], rows[i], session.policy) : ""));
    table.add_row(std::move(cells));
  }
  if (session.options.json) print_document(to_json(rows, columns, session.policy).dump(2) + "\n");
  tell(session, table.text());
  bool problem = false;
  for (const Column& column : columns) {
    if (column.problem.empty()) continue;
    problem = true;
    tell(session, fmt::format("{}: {}\n", column.destination.name, column.problem));
  }
  return problem ? ExitStatus::failed : ExitStatus::done;
}

}  // namespace eulerpublisher::cli
