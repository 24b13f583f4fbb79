#include "registry/tag_pages.h"

#include <nlohmann/json.hpp>

namespace eulerpublisher {
namespace {

constexpr size_t most_pages = 1000;
constexpr size_t most_tags = 1'000'000;

}  // namespace

std::optional<std::string> next_link(std::string_view header) {
  while (true) {
    size_t open = header.find('<');
    if (open == header.npos) return std::nullopt;
    size_t close = header.find('>', open);
    if (close == header.npos) return std::nullopt;
    std::string_view target = header.substr(open + 1, close - open - 1);
    header.remove_prefix(close + 1);
    std::string_view parameters = header.substr(0, header.find('<'));
    if (parameters.find("rel=\"next\"") != parameters.npos || parameters.find("rel=next") != parameters.npos)
      return std::string(target);
  }
}

Done TagPages::add(const http::Response& page) {
  auto json = nlohmann::json::parse(page.body, nullptr, false);
  if (!json.is_object()) return corrupt("{}: the list of tags is not JSON", where_);
  if (auto list = json.find("tags"); list != json.end() && list->is_array()) {
    for (const auto& item : *list) {
      if (!item.is_string()) continue;
      auto tag = Tag::parse(item.get_ref<const std::string&>());
      if (tag) tags_.insert(std::move(*tag));
    }
  }
  if (tags_.size() > most_tags) return corrupt("{}: the list of tags has no end", where_);
  http::Url asked = *std::exchange(next_, std::nullopt);
  seen_.insert(asked.text());
  std::optional<std::string> link;
  for (const std::string& header : page.headers.all("Link"))
    if (!link) link = next_link(header);
  if (!link) return {};
  http::Url further = TRY(asked.resolve_behind_proxy(*link).within("{}: listing tags", where_));
  if (!further.same_origin(asked))
    return corrupt("{}: the list of tags goes on at another host, {}", where_, further.origin());
  if (seen_.size() >= most_pages) return corrupt("{}: the list of tags has no end", where_);
  if (!seen_.contains(further.text())) next_ = std::move(further);
  return {};
}

}  // namespace eulerpublisher
