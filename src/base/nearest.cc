#include "base/nearest.h"

#include <algorithm>
#include <vector>

namespace eulerpublisher {

size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<size_t> row(right.size() + 1);
  for (size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= left.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= right.size(); ++j) {
      size_t changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::optional<std::string_view> nearest(std::string_view text, std::span<const std::string_view> words) {
  auto found =
      std::ranges::min_element(words, {}, [&](std::string_view word) { return edit_distance(text, word); });
  if (found == words.end()) return std::nullopt;
  if (edit_distance(text, *found) > std::max<size_t>(2, found->size() / 3)) return std::nullopt;
  return *found;
}

}  // namespace eulerpublisher
