#include "inspect/secrets.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cctype>
#include <optional>

namespace eulerpublisher {
namespace {

constexpr size_t most_per_file = 20;
constexpr size_t shortest = 3;      // bytes, of the prefixes
constexpr size_t fewest_kinds = 6;  // different letters that a token has
constexpr size_t least_key = 40;    // letters of base64 behind the header of a private key

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool is_base64(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/' || c == '=';
}

// A token: a prefix, and so many letters behind it.
struct Token {
  std::string_view prefix;
  std::string_view also;  // letters beside A-Z, a-z and 0-9
  size_t least;
  size_t most;
  std::string_view kind;
};

constexpr size_t any = 4096;
constexpr std::array<Token, 24> tokens{{
    {"AKIA", "", 16, 16, "an access key of AWS"},
    {"ASIA", "", 16, 16, "an access key of AWS"},
    {"ghp_", "", 36, any, "a token of GitHub"},
    {"gho_", "", 36, any, "a token of GitHub"},
    {"ghu_", "", 36, any, "a token of GitHub"},
    {"ghs_", "", 36, any, "a token of GitHub"},
    {"ghr_", "", 36, any, "a token of GitHub"},
    {"github_pat_", "_", 60, any, "a token of GitHub"},
    {"glpat-", "_-", 20, any, "a token of GitLab"},
    {"xoxb-", "-", 20, any, "a token of Slack"},
    {"xoxp-", "-", 20, any, "a token of Slack"},
    {"xoxa-", "-", 20, any, "a token of Slack"},
    {"xoxr-", "-", 20, any, "a token of Slack"},
    {"xoxs-", "-", 20, any, "a token of Slack"},
    {"AIza", "_-", 35, 35, "an API key of Google"},
    {"sk_live_", "", 24, any, "a key of Stripe"},
    {"rk_live_", "", 24, any, "a key of Stripe"},
    {"npm_", "", 36, 36, "a token of npm"},
    {"pypi-AgEIcHlwaS5vcmc", "_-", 50, any, "a token of PyPI"},
    {"dckr_pat_", "_-", 27, any, "a token of Docker Hub"},
    {"hf_", "", 34, 34, "a token of Hugging Face"},
    {"AGE-SECRET-KEY-1", "", 58, 58, "a private key (age)"},
    {"PuTTY-User-Key-File-", ": -", 3, any, "a private key (PuTTY)"},
    {"-----BEGIN ", "", 0, any, "a private key"},  // what follows is for private_key() to say
}};
constexpr size_t pem = tokens.size() - 1;

// Which pairs of bytes some prefix begins with, or has behind its first byte.  Of any prefix, one of these
// two lies at an even place; so half of the places are looked at, all of them alike, and by a table that
// stays in the nearest cache.
class Pairs {
 public:
  Pairs() {
    for (const Token& token : tokens)
      for (size_t at = 0; at < 2; ++at) {
        unsigned pair = number(token.prefix.data() + at);
        bits_[pair >> 6] |= uint64_t{1} << (pair & 63);
      }
  }
  unsigned bit(unsigned pair) const { return bits_[pair >> 6] >> (pair & 63) & 1; }
  static unsigned number(const char* bytes) {
    return static_cast<unsigned>(static_cast<uint8_t>(bytes[0])) |
           static_cast<unsigned>(static_cast<uint8_t>(bytes[1])) << 8;
  }

  // The first even place from `at` on where one of them may begin, or what is beyond the last whole pair.
  size_t next(std::string_view content, size_t at) const {
    for (; at + 8 <= content.size(); at += 8) {
      const char* bytes = content.data() + at;
      unsigned any =
          bit(number(bytes)) | bit(number(bytes + 2)) | bit(number(bytes + 4)) | bit(number(bytes + 6));
      if (any) break;
    }
    while (at + 2 <= content.size() && !bit(number(content.data() + at))) at += 2;
    return at;
  }

 private:
  std::array<uint64_t, 1024> bits_{};
};

// The first letters of the prefixes, three bytes each.
class Beginnings {
 public:
  Beginnings() {
    for (const Token& token : tokens) set_.set(number(token.prefix.data()));
  }
  // A few beginnings that are none pass, too.
  bool may_be(const char* bytes) const { return set_[number(bytes)]; }

 private:
  static size_t number(const char* bytes) {
    uint32_t three = static_cast<uint32_t>(static_cast<uint8_t>(bytes[0])) |
                     static_cast<uint32_t>(static_cast<uint8_t>(bytes[1])) << 8 |
                     static_cast<uint32_t>(static_cast<uint8_t>(bytes[2])) << 16;
    return three * 2654435761u >> 18;
  }
  std::bitset<1 << 14> set_;
};

bool is_varied(std::string_view letters) {
  std::bitset<256> seen;
  for (char c : letters) seen.set(static_cast<uint8_t>(c));
  return seen.count() >= fewest_kinds;
}

// What stands behind a prefix, if it makes a token.
bool is_token(std::string_view rest, const Token& token) {
  size_t length = 0;
  while (length < rest.size() && length <= token.most &&
         (std::isalnum(static_cast<unsigned char>(rest[length])) ||
          token.also.find(rest[length]) != token.also.npos))
    ++length;
  if (length < token.least || length > token.most) return false;
  std::string_view letters = rest.substr(0, length);
  if (length < rest.size() && is_word(rest[length])) return false;
  return letters.find("EXAMPLE") == letters.npos && is_varied(letters);
}

// `RSA` for `RSA PRIVATE KEY-----` and a key behind it; nothing for anything else.
std::optional<std::string_view> private_key(std::string_view rest) {
  size_t end = 0;
  while (end < rest.size() && end < 60 &&
         (std::isupper(static_cast<unsigned char>(rest[end])) || rest[end] == ' '))
    ++end;
  std::string_view label = rest.substr(0, end);
  rest.remove_prefix(end);
  size_t named = label.find("PRIVATE KEY");
  if (named == label.npos || !rest.starts_with("-----")) return std::nullopt;
  rest.remove_prefix(5);
  // In JSON the lines of a key are separated by `\n`, written out.
  while (!rest.empty() && (std::isspace(static_cast<unsigned char>(rest[0])) || rest.starts_with("\\n")))
    rest.remove_prefix(rest[0] == '\\' ? 2 : 1);
  bool headed =
      rest.starts_with("Proc-Type:") || rest.starts_with("Version:") || rest.starts_with("Comment:");
  size_t letters = 0;
  while (letters < rest.size() && is_base64(rest[letters])) ++letters;
  if (!headed && (letters < least_key || !is_varied(rest.substr(0, letters)))) return std::nullopt;
  while (named > 0 && label[named - 1] == ' ') --named;
  return label.substr(0, named);
}

std::optional<std::string> kind_at(std::string_view content, size_t at, const Token& token) {
  std::string_view rest = content.substr(at);
  if (!rest.starts_with(token.prefix)) return std::nullopt;
  rest.remove_prefix(token.prefix.size());
  if (&token == &tokens[pem]) {
    auto label = private_key(rest);
    if (!label) return std::nullopt;
    return label->empty() ? std::string(token.kind)
                          : std::string(token.kind) + " (" + std::string(*label) + ")";
  }
  if (at > 0 && is_word(content[at - 1])) return std::nullopt;
  if (!is_token(rest, token)) return std::nullopt;
  return std::string(token.kind);
}

}  // namespace

std::vector<SecretFound> find_secrets(std::string_view content) {
  static const Pairs pairs;
  static const Beginnings beginnings;
  std::vector<SecretFound> found;
  const char* begin = content.data();
  for (size_t even = 0; even + 2 <= content.size(); even += 2) {
    even = pairs.next(content, even);
    // The pair that was found is the prefix's first two bytes, or the two behind its first.
    for (size_t at = even - std::min<size_t>(even, 1); at <= even; ++at) {
      if (at + shortest > content.size() || !beginnings.may_be(begin + at)) continue;
      for (const Token& token : tokens)
        if (auto kind = kind_at(content, at, token)) {
          auto line = 1 + std::count(begin, begin + at, '\n');
          found.push_back({{}, std::move(*kind), static_cast<uint64_t>(line)});
          if (found.size() == most_per_file) return found;
        }
    }
  }
  return found;
}

}  // namespace eulerpublisher
