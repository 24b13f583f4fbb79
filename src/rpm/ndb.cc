#include "rpm/ndb.h"

#include <cstdint>

namespace eulerpublisher {
namespace {

// All numbers are of 32 bits, little-endian.  The file begins with pages of slots; a slot says where in the
// file, in blocks of 16 bytes, a header lies between a head and a tail of its own.
constexpr size_t page = 4096, slot = 16, block = 16, head = 16;
constexpr size_t first_slot = 2;  // the room of two is the file's own
constexpr std::string_view file_magic = "RpmP", slot_magic = "Slot", head_magic = "BlbS";

uint32_t number_at(std::string_view file, size_t at) {
  uint32_t number = 0;
  for (size_t i = 4; i-- > 0;) number = number << 8 | static_cast<unsigned char>(file[at + i]);
  return number;
}

}  // namespace

Result<std::vector<std::string_view>> ndb_headers(std::string_view file) {
  if (file.size() < page || !file.starts_with(file_magic))
    return corrupt("it is no database of the kind ndb");
  if (number_at(file, 4) != 0) return corrupt("it is of a version of ndb that is not known here");
  uint64_t slots = uint64_t{number_at(file, 12)} * (page / slot);
  if (slots * slot > file.size()) return corrupt("it is shorter than its own list of packages");
  std::vector<std::string_view> headers;
  for (uint64_t i = first_slot; i < slots; ++i) {
    size_t at = i * slot;
    if (file.substr(at, 4) != slot_magic) return corrupt("slot {} of its list of packages is damaged", i);
    uint64_t begin = uint64_t{number_at(file, at + 8)} * block;
    if (begin == 0) continue;  // free
    if (begin + head > file.size() || file.substr(begin, 4) != head_magic ||
        number_at(file, begin + 4) != number_at(file, at + 4))
      return corrupt("package {} does not lie where its list says", number_at(file, at + 4));
    uint64_t length = number_at(file, begin + 12);
    if (begin + head + length > file.size()) return corrupt("package {} is cut", number_at(file, at + 4));
    headers.push_back(file.substr(begin + head, length));
  }
  return headers;
}

}  // namespace eulerpublisher
