#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace eulerpublisher {

// How many single letters must be changed, added or taken away to get from one word to the other.
size_t edit_distance(std::string_view left, std::string_view right);

// Which of `words` somebody may have meant who wrote `text`: the one with the smallest distance (the first of
// several), where that is at most a third of the word, or two letters.
std::optional<std::string_view> nearest(std::string_view text, std::span<const std::string_view> words);

}  // namespace eulerpublisher
