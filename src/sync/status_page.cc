#include "sync/status_page.h"

#include <algorithm>

#include "page/page.h"

namespace eulerpublisher::sync {
namespace {

using page::Cell;
using page::Tone;

// A day; whatever else a foreign image says its date is, is not shown.
std::string date_of(const Content& content) {
  const std::string& dated = content.update_date;
  auto time = parse_rfc3339(dated.empty() ? content.created : dated + "T00:00:00Z");
  return time ? rfc3339(*time).substr(0, 10) : "";
}

std::string platforms_of(const Content& content) {
  std::string text;
  for (const Platform& platform : content.platforms)
    text += (text.empty() ? "" : ", ") + platform.architecture;
  return text;
}

Tone tone_of(Standing standing) {
  switch (standing) {
    case Standing::published:
      return Tone::good;
    case Standing::behind:
      return Tone::warning;
    case Standing::different:
      return Tone::bad;
    case Standing::absent:
      break;
  }
  return Tone::quiet;
}

Tone tone_of(Record record) {
  switch (record) {
    case Record::agreed:
      return Tone::good;
    case Record::moved_since:
    case Record::unfinished:
      return Tone::warning;
    case Record::never_released:
      break;
  }
  return Tone::quiet;
}

bool is_of_concern(const TagStatus& tag) {
  return tag.standing == Standing::behind || tag.standing == Standing::different ||
         tag.record == Record::moved_since || tag.record == Record::unfinished;
}

Cell overview_cell(const RegistryStatus& registry, size_t row) {
  if (!registry.problem.empty()) return {"could not look", Tone::bad};
  const TagStatus& tag = registry.tags[row];
  std::string text(name_of(tag.standing));
  if (tag.seen) text += " " + date_of(tag.seen->content);
  return {text, tone_of(tag.standing)};
}

page::Table overview(const Status& status) {
  std::vector<page::Table::Column> columns{{"tag"}, {"version"}};
  for (const RegistryStatus& registry : status.registries) columns.push_back({registry.name});
  page::Table table(columns);
  for (size_t row = 0; row < status.rows.size(); ++row) {
    std::vector<Cell> cells{{status.rows[row].tag.tag.text()}, {status.rows[row].version.text()}};
    for (const RegistryStatus& registry : status.registries) cells.push_back(overview_cell(registry, row));
    table.add_row(std::move(cells));
  }
  return table;
}

page::Table details(const Status& status, const RegistryStatus& registry) {
  page::Table table({{"tag"}, {"state"}, {"digest"}, {"update"}, {"platforms"}, {"journal"}, {"remark"}});
  for (size_t row = 0; row < registry.tags.size(); ++row) {
    const TagStatus& tag = registry.tags[row];
    std::vector<Cell> cells{{status.rows[row].tag.tag.text()},
                            {std::string(name_of(tag.standing)), tone_of(tag.standing)}};
    if (tag.seen) {
      cells.push_back({tag.seen->digest.text(), Tone::plain, true});
      cells.push_back({date_of(tag.seen->content)});
      cells.push_back({platforms_of(tag.seen->content)});
    } else {
      cells.insert(cells.end(), 3, Cell{"-", Tone::quiet});
    }
    cells.push_back({std::string(name_of(tag.record)), tone_of(tag.record)});
    cells.push_back(
        {tag.because.empty() ? "-" : tag.because, tag.because.empty() ? Tone::quiet : Tone::plain});
    table.add_row(std::move(cells));
  }
  return table;
}

}  // namespace

size_t count_of_concern(const Status& status) {
  size_t count = 0;
  for (const RegistryStatus& registry : status.registries) {
    if (!registry.problem.empty()) count += status.rows.size();
    count += static_cast<size_t>(std::ranges::count_if(registry.tags, is_of_concern));
  }
  return count;
}

std::string status_page(const Status& status, Instant looked) {
  size_t concerns = count_of_concern(status);
  page::Page page("openEuler container images in registries");
  if (concerns == 0)
    page.verdict({"agreed", Tone::good}, "whatever is published is as it should be");
  else
    page.verdict({fmt::format("{} to look at", concerns), Tone::warning},
                 "tags that are behind, different, moved by somebody else, or could not be looked at");
  page.facts({{"looked at", {rfc3339(looked)}},
              {"tags", {fmt::format("{}", status.rows.size())}},
              {"registries", {fmt::format("{}", status.registries.size())}}});
  page.heading("Every tag in every registry").table(overview(status));
  page.paragraph(
      "published: this version with all its architectures. behind: architectures are missing, or the "
      "archives are "
      "older than elsewhere. different: another version's image, or one that is not ours. absent: there is "
      "no such "
      "tag.");
  for (const RegistryStatus& registry : status.registries) {
    page.heading(registry.repository);
    if (registry.problem.empty())
      page.table(details(status, registry));
    else
      page.paragraph("It could not be looked at: " + registry.problem);
  }
  return page.html();
}

}  // namespace eulerpublisher::sync
