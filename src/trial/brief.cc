#include "trial/trials.h"

namespace eulerpublisher {

std::string brief(std::string_view said) {
  constexpr size_t limit = 200;
  std::string text;
  for (char letter : said) {
    if (letter == '\r') continue;
    if (letter == '\n') {
      if (!text.empty() && !text.ends_with("; ")) text += "; ";
    } else {
      text += letter;
    }
    if (text.size() >= limit) return text + "…";
  }
  while (text.ends_with(' ') || text.ends_with(';')) text.pop_back();
  return text;
}

}  // namespace eulerpublisher
