#include "upstream/checksum_file.h"

#include <algorithm>
#include <optional>

namespace eulerpublisher {
namespace {

// What the line says about `file_name`: nothing where it is about another file; `corrupt` where it is no line
// of a checksum file.
Result<std::optional<Digest>> read_line(std::string_view line, std::string_view file_name) {
  // sha256sum begins a line with a backslash when the name has characters it had to escape; ours never has.
  if (line.starts_with('\\')) return std::nullopt;
  size_t blank = line.find_first_of(" \t");
  auto digest = Digest::sha256(line.substr(0, blank));
  if (!digest || blank == line.npos) return corrupt("it is not a checksum file");
  size_t name_at = line.find_first_not_of(" \t", blank);
  if (name_at == line.npos) return corrupt("it is not a checksum file");
  std::string_view name = line.substr(name_at);
  if (name.starts_with('*')) name.remove_prefix(1);
  size_t slash = name.rfind('/');
  if (slash != name.npos) name.remove_prefix(slash + 1);
  if (name != file_name) return std::nullopt;
  return *digest;
}

}  // namespace

Result<Digest> parse_checksum(std::string_view text, std::string_view file_name) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::optional<Digest> found;
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    size_t last = line.find_last_not_of(" \t\r");
    if (last == line.npos) continue;
    auto digest = TRY(read_line(line.substr(0, last + 1), file_name));
    if (!digest) continue;
    if (found && *found != *digest) return corrupt("it has two checksums for {}", file_name);
    found = std::move(digest);
  }
  if (!found) return corrupt("it has no checksum for {}", file_name);
  return *found;
}

}  // namespace eulerpublisher
