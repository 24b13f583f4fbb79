#include "upstream/listing.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "http/url.h"

namespace eulerpublisher {
namespace {

constexpr size_t longest_name = 255;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_word(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

void append_utf8(std::string& text, uint32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | (code >> 6));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | (code >> 12));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | (code >> 18));
    text += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// The character of a reference such as `&amp;` or `&#x27;`, given what stands between & and ;.
std::optional<uint32_t> character_of(std::string_view reference) {
  static constexpr std::array<std::pair<std::string_view, uint32_t>, 5> named = {
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (auto& [name, code] : named)
    if (reference == name) return code;
  if (!reference.starts_with('#') || reference.size() < 2 || reference.size() > 9) return std::nullopt;
  bool hexadecimal = lower(reference[1]) == 'x';
  uint32_t code = 0;
  std::string_view digits = reference.substr(hexadecimal ? 2 : 1);
  if (digits.empty()) return std::nullopt;
  for (char c : digits) {
    c = lower(c);
    uint32_t digit = c >= '0' && c <= '9'                  ? static_cast<uint32_t>(c - '0')
                     : hexadecimal && c >= 'a' && c <= 'f' ? static_cast<uint32_t>(c - 'a' + 10)
                                                           : 16;
    if (digit == 16) return std::nullopt;
    code = code * (hexadecimal ? 16 : 10) + digit;
  }
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return std::nullopt;
  return code;
}

std::string unescape_html(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    size_t end = text[0] == '&' ? text.substr(0, 12).find(';') : text.npos;
    auto code = end == text.npos ? std::nullopt : character_of(text.substr(1, end - 1));
    if (code) {
      append_utf8(plain, *code);
      text.remove_prefix(end + 1);
    } else {
      plain += text[0];
      text.remove_prefix(1);
    }
  }
  return plain;
}

std::optional<unsigned> hex_digit(char c) {
  c = lower(c);
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

std::string unescape_percent(std::string_view text) {
  std::string plain;
  for (size_t at = 0; at < text.size(); ++at) {
    auto high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : std::nullopt;
    auto low = high ? hex_digit(text[at + 2]) : std::nullopt;
    if (!low) {
      plain += text[at];
      continue;
    }
    plain += static_cast<char>(*high * 16 + *low);
    at += 2;
  }
  return plain;
}

// Walks through the tags of a page and hands out the href of each link.
class Links {
 public:
  explicit Links(std::string_view html) : rest_(html) {}

  std::optional<std::string> next() {
    while (skip_past("<")) {
      if (rest_.starts_with("!--")) {
        skip_past("-->");
        continue;
      }
      std::string_view tag = take_while([](char c) { return !is_blank(c) && c != '>' && c != '<'; });
      auto href = attributes();
      if (href && same_word(tag, "a")) return href;
    }
    return std::nullopt;
  }

 private:
  bool skip_past(std::string_view mark) {
    size_t at = rest_.find(mark);
    rest_ = at == rest_.npos ? std::string_view{} : rest_.substr(at + mark.size());
    return at != rest_.npos;
  }

  template <class Wanted>
  std::string_view take_while(Wanted wanted) {
    size_t length = static_cast<size_t>(std::ranges::find_if_not(rest_, wanted) - rest_.begin());
    std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  // Reads the attributes of a tag up to its `>`, and returns the value of the first href.
  std::optional<std::string> attributes() {
    std::optional<std::string> href;
    while (true) {
      take_while([](char c) { return is_blank(c) || c == '/'; });
      if (rest_.empty()) return std::nullopt;
      if (rest_[0] == '>') return href;
      std::string_view name =
          take_while([](char c) { return !is_blank(c) && c != '=' && c != '>' && c != '/'; });
      take_while(is_blank);
      if (!rest_.starts_with('=')) {
        if (name.empty()) rest_.remove_prefix(1);
        continue;
      }
      rest_.remove_prefix(1);
      std::string_view value = attribute_value();
      if (!href && same_word(name, "href")) href = unescape_html(value);
    }
  }

  std::string_view attribute_value() {
    take_while(is_blank);
    if (!rest_.starts_with('"') && !rest_.starts_with('\''))
      return take_while([](char c) { return !is_blank(c) && c != '>'; });
    char quote = rest_[0];
    rest_.remove_prefix(1);
    std::string_view value = take_while([quote](char c) { return c != quote; });
    if (!rest_.empty()) rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
};

bool could_be_a_name(std::string_view name) {
  if (name.empty() || name.size() > longest_name || name == "." || name == "..") return false;
  return std::ranges::none_of(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '/'; });
}

void sort_and_make_unique(std::vector<std::string>& names) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

Listing parse_listing(std::string_view html, std::string_view address) {
  Listing listing;
  auto page = http::Url::parse(address);
  if (!page) return listing;
  std::string folder = page->path();
  if (!folder.ends_with('/')) folder += '/';
  Links links(html);
  while (auto href = links.next()) {
    auto target = page->resolve(*href);
    if (!target || !target->same_origin(*page) || !target->query().empty()) continue;
    std::string_view path = target->path();
    if (!path.starts_with(folder)) continue;
    path.remove_prefix(folder.size());
    bool is_folder = path.ends_with('/');
    if (is_folder) path.remove_suffix(1);
    if (path.find('/') != path.npos) continue;
    std::string name = unescape_percent(path);
    if (could_be_a_name(name)) (is_folder ? listing.folders : listing.files).push_back(std::move(name));
  }
  sort_and_make_unique(listing.folders);
  sort_and_make_unique(listing.files);
  return listing;
}

}  // namespace eulerpublisher
