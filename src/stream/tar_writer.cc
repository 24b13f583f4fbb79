#include "stream/tar_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace eulerpublisher {
namespace {

constexpr size_t block = 512;
constexpr size_t record = 20 * block;
constexpr uint64_t largest_id = 07777777;
constexpr int64_t largest_time = 077777777777;

char type_flag(TarEntry::Type type) {
  switch (type) {
    case TarEntry::Type::hard_link:
      return '1';
    case TarEntry::Type::symbolic_link:
      return '2';
    case TarEntry::Type::character_device:
      return '3';
    case TarEntry::Type::block_device:
      return '4';
    case TarEntry::Type::folder:
      return '5';
    case TarEntry::Type::fifo:
      return '6';
    default:
      return '0';
  }
}

// `LENGTH KEY=VALUE\n`, where LENGTH counts itself (POSIX, pax Extended Header).
std::string pax_record(std::string_view key, std::string_view value) {
  size_t rest = key.size() + value.size() + 3;
  size_t length = rest + 1;
  while (rest + fmt::formatted_size("{}", length) != length)
    length = rest + fmt::formatted_size("{}", length);
  std::string text = fmt::format("{} {}=", length, key);
  text.append(value);
  return text + "\n";
}

std::string pax_records(const TarEntry& entry) {
  std::string all;
  if (entry.name.size() > 100) all += pax_record("path", entry.name);
  if (entry.link.size() > 100) all += pax_record("linkpath", entry.link);
  if (entry.uid > largest_id) all += pax_record("uid", std::to_string(entry.uid));
  if (entry.gid > largest_id) all += pax_record("gid", std::to_string(entry.gid));
  bool plain_time = entry.seconds >= 0 && entry.seconds <= largest_time && entry.nanoseconds == 0;
  if (!plain_time) all += pax_record("mtime", fmt::format("{}.{:09}", entry.seconds, entry.nanoseconds));
  for (auto& [name, value] : entry.xattrs) all += pax_record("SCHILY.xattr." + name, value);
  return all;
}

}  // namespace

void TarWriter::add(const TarEntry& entry, std::string_view content) {
  std::string pax = pax_records(entry);
  if (!pax.empty()) {
    TarEntry about;
    about.mode = 0644;
    header(about, "PaxHeaders/" + entry.name, 'x', pax.size());
    body(pax);
  }
  header(entry, entry.name, type_flag(entry.type), content.size());
  body(content);
}

void TarWriter::header(const TarEntry& entry, std::string_view name, char type, uint64_t size) {
  std::array<char, block> head{};
  auto text = [&](size_t at, size_t room, std::string_view value) {
    std::memcpy(head.data() + at, value.data(), std::min(room, value.size()));
  };
  auto number = [&](size_t at, size_t digits, uint64_t value) {
    text(at, digits, fmt::format("{:0{}o}", value, digits));
  };
  text(0, 100, name);
  number(100, 7, entry.mode);
  number(108, 7, entry.uid <= largest_id ? entry.uid : 0);
  number(116, 7, entry.gid <= largest_id ? entry.gid : 0);
  number(124, 11, size);
  number(136, 11,
         entry.seconds >= 0 && entry.seconds <= largest_time ? static_cast<uint64_t>(entry.seconds) : 0);
  text(148, 8, "        ");
  head[156] = type;
  text(157, 100, entry.link);
  text(257, 8, std::string_view("ustar\00000", 8));
  text(265, 31, entry.user);
  text(297, 31, entry.group);
  number(329, 7, entry.device_major);
  number(337, 7, entry.device_minor);
  unsigned sum = 0;
  for (char byte : head) sum += static_cast<unsigned char>(byte);
  text(148, 6, fmt::format("{:06o}", sum));
  head[154] = '\0';
  tar_.append(head.data(), head.size());
}

void TarWriter::body(std::string_view content) {
  tar_.append(content);
  tar_.append((block - content.size() % block) % block, '\0');
}

std::string TarWriter::finish() && {
  tar_.append(2 * block, '\0');
  tar_.append((record - tar_.size() % record) % record, '\0');
  return std::move(tar_);
}

}  // namespace eulerpublisher
