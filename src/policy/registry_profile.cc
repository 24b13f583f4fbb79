#include "policy/registry_profile.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

#include "base/size.h"
#include "oci/name.h"

namespace eulerpublisher {
namespace {

constexpr std::string_view unlimited = "unlimited";

using Read = Done (*)(const YamlDocument&, const YamlNode&, RegistryProfile&);

template <auto member>
Done read_switch(const YamlDocument& document, const YamlNode& node, RegistryProfile& profile) {
  profile.*member = TRY(document.on_or_off(node));
  return {};
}

template <auto member>
Done read_size(const YamlDocument& document, const YamlNode& node, RegistryProfile& profile) {
  auto size = parse_size(node.text);
  if (!size || *size == 0)
    return document.wrong(node, "'{}' is not a size such as 5MiB or 20GB", for_message(node.text));
  profile.*member = *size;
  return {};
}

Done read_largest_whole(const YamlDocument& document, const YamlNode& node, RegistryProfile& profile) {
  if (node.text != unlimited) return read_size<&RegistryProfile::largest_whole>(document, node, profile);
  profile.largest_whole = std::numeric_limits<uint64_t>::max();
  return {};
}

template <auto member, int least, int most>
Done read_number(const YamlDocument& document, const YamlNode& node, RegistryProfile& profile) {
  int number = 0;
  const char* end_of_text = node.text.data() + node.text.size();
  auto [end, problem] = std::from_chars(node.text.data(), end_of_text, number);
  if (problem != std::errc() || end != end_of_text || number < least || number > most)
    return document.wrong(node, "'{}' is not a number from {} to {}", for_message(node.text), least, most);
  profile.*member = number;
  return {};
}

Done read_per_second(const YamlDocument& document, const YamlNode& node, RegistryProfile& profile) {
  double number = std::numeric_limits<double>::infinity();
  const char* end_of_text = node.text.data() + node.text.size();
  bool wrong = false;
  if (node.text != unlimited) {
    auto [end, problem] = std::from_chars(node.text.data(), end_of_text, number, std::chars_format::fixed);
    wrong = problem != std::errc() || end != end_of_text || !(number >= 0.01 && number <= 10'000);
  }
  if (wrong)
    return document.wrong(node, "'{}' is not a number of requests from 0.01 to 10000, nor `unlimited`",
                          for_message(node.text));
  profile.per_second = number;
  return {};
}

template <class T>
struct Word {
  std::string_view text;
  T means;
};
template <class T>
Word(const char*, T) -> Word<T>;  // clang 14 does not find that by itself

template <class T, size_t count>
Result<T> one_of(const YamlDocument& document, const YamlNode& node,
                 const std::array<Word<T>, count>& words) {
  auto found = std::ranges::find(words, std::string_view(node.text), &Word<T>::text);
  if (found != words.end()) return found->means;
  std::string list;
  for (const Word<T>& word : words)
    list += fmt::format("{}{}", list.empty() ? "" : &word == &words.back() ? " or " : ", ", word.text);
  return document.wrong(node, "{} is expected here", list);
}

Done read_upload(const YamlDocument& document, const YamlNode& node, RegistryProfile& profile) {
  using enum RegistryProfile::Upload;
  constexpr std::array words{Word{"whole", whole}, Word{"pieces", pieces}};
  profile.upload = TRY(one_of(document, node, words));
  return {};
}

Done read_range(const YamlDocument& document, const YamlNode& node, RegistryProfile& profile) {
  using enum RegistryProfile::Range;
  constexpr std::array words{Word{"total", total}, Word{"within-piece", within_piece},
                             Word{"meaningless", meaningless}};
  profile.range = TRY(one_of(document, node, words));
  return {};
}

Done read_content_range(const YamlDocument& document, const YamlNode& node, RegistryProfile& profile) {
  using enum RegistryProfile::ContentRange;
  constexpr std::array words{Word{"none", none}, Word{"plain", plain}, Word{"with-unit", with_unit}};
  profile.content_range = TRY(one_of(document, node, words));
  return {};
}

struct Field {
  std::string_view name;
  Read read;
};

constexpr std::array fields{
    Field{"upload", read_upload},
    Field{"streaming", read_switch<&RegistryProfile::streaming>},
    Field{"pieces", read_switch<&RegistryProfile::pieces>},
    Field{"smallest-piece", read_size<&RegistryProfile::smallest_piece>},
    Field{"largest-piece", read_size<&RegistryProfile::largest_piece>},
    Field{"largest-whole", read_largest_whole},
    Field{"range", read_range},
    Field{"content-range", read_content_range},
    Field{"mount", read_switch<&RegistryProfile::mount>},
    Field{"empty-closing-put", read_switch<&RegistryProfile::empty_closing_put>},
    Field{"first-denials", read_number<&RegistryProfile::first_denials, 0, 10>},
    Field{"at-once", read_number<&RegistryProfile::at_once, 1, 1000>},
    Field{"per-second", read_per_second},
};

Result<std::string> read_hosts(const YamlDocument& document, const YamlNode& key) {
  std::string hosts = key.text;
  std::ranges::transform(hosts, hosts.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string host = hosts.starts_with("*.") ? hosts.substr(2) : hosts;
  if (!RegistryHost::parse(host))
    return document.wrong(key, "'{}' is no host: write it like quay.io, 127.0.0.1:5000 or *.example.org",
                          for_message(key.text));
  return hosts;
}

Result<RegistryProfile> read_profile(const YamlDocument& document, const YamlNode& key,
                                     const YamlNode& value) {
  RegistryProfile profile{TRY(read_hosts(document, key))};
  if (value.kind != YamlNode::Kind::map || value.entries.empty())
    return document.wrong(value.kind == YamlNode::Kind::nothing ? key : value,
                          "a map of what is different at {} is expected here, such as `upload: pieces`",
                          for_message(key.text));
  for (const auto& [name, node] : value.entries) {
    auto field = std::ranges::find(fields, std::string_view(name.text), &Field::name);
    if (field == fields.end()) {
      std::array<std::string_view, fields.size()> known;
      std::ranges::transform(fields, known.begin(), &Field::name);
      return document.unknown_key(name, known);
    }
    TRY(field->read(document, node, profile));
  }
  if (profile.smallest_piece && profile.largest_piece && *profile.smallest_piece > *profile.largest_piece)
    return document.wrong(key, "the smallest piece of {} is larger than its largest", for_message(key.text));
  if (profile.pieces == false && profile.upload == RegistryProfile::Upload::pieces)
    return document.wrong(key, "{} takes no pieces, and uploads to it are to go in pieces",
                          for_message(key.text));
  return profile;
}

}  // namespace

Result<std::vector<RegistryProfile>> read_registry_profiles(const YamlDocument& document,
                                                            const YamlNode& node) {
  if (node.kind != YamlNode::Kind::map)
    return document.wrong(node, "`registry-profiles:` is a map of hosts to what is different there");
  std::vector<RegistryProfile> profiles;
  for (const auto& [key, value] : node.entries) {
    RegistryProfile profile = TRY(read_profile(document, key, value));
    if (std::ranges::find(profiles, profile.hosts, &RegistryProfile::hosts) != profiles.end())
      return document.wrong(key, "{} is named twice", for_message(key.text));
    profiles.push_back(std::move(profile));
  }
  return profiles;
}

}  // namespace eulerpublisher
