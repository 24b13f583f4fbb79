#include "policy/policy_reader.h"

#include <algorithm>

#include "policy/check_section.h"

namespace eulerpublisher {
namespace {

using Kind = YamlNode::Kind;

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string_view trimmed(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_series(std::string_view text) {
  auto version = Version::parse(text);
  return version && !version->lts() && version->series() == text;
}

// Says what is wrong with a source, or nothing: https://…, http://…, file://… or a folder's path that looks
// like one.
std::string_view complaint_about_source(std::string_view source) {
  if (source.find_first_of(" \t\r\n?#") != source.npos) return "blanks, ? and # have no place in it";
  if (source.starts_with("/") || source.starts_with("./") || source.starts_with("../")) return {};
  size_t scheme_end = source.find("://");
  if (scheme_end == source.npos) return "it needs https:// in front, or / for a folder";
  std::string scheme = lower(std::string(source.substr(0, scheme_end)));
  std::string_view rest = source.substr(scheme_end + 3);
  if (scheme == "file")
    return rest.starts_with("/") ? std::string_view{} : "after file:// comes a path from /";
  if (scheme != "https" && scheme != "http") return "only https, http and file are understood";
  std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.empty()) return "the host is missing";
  if (authority.find('@') != authority.npos) return "a password has no place in the policy";
  return {};
}

// Reads the values of a map by their keys.
struct Key {
  std::string_view name;
  const YamlNode** value;
};

Done take_keys(const YamlDocument& document, const YamlNode& map, std::initializer_list<Key> known) {
  std::vector<std::string_view> names;
  for (const Key& key : known) names.push_back(key.name);
  for (const auto& [key, value] : map.entries) {
    auto found = std::ranges::find(known, std::string_view(key.text), &Key::name);
    if (found == known.end()) return document.unknown_key(key, names);
    *found->value = &value;
  }
  return {};
}

}  // namespace

// One key of the top level and who reads what stands under it.
struct PolicyReader::Section {
  std::string_view name;
  Done (PolicyReader::*read)(const YamlNode&);
};

// In the order in which they are read: versions ask for what is general, tags ask for the versions.
const std::vector<PolicyReader::Section>& PolicyReader::sections() {
  static const std::vector<Section> sections{
      {"repository", &PolicyReader::repository},
      {"registries", &PolicyReader::registries},
      {"sources", &PolicyReader::sources},
      {"architectures", &PolicyReader::architectures},
      {"changes", &PolicyReader::changes},
      {"compression", &PolicyReader::compression},
      {"versions", &PolicyReader::versions},
      {"tags", &PolicyReader::tags},
      {"registry-profiles", &PolicyReader::registry_profiles},
      {"builders", &PolicyReader::builders},
      {"build", &PolicyReader::build},
      {"images", &PolicyReader::images},
      {"descriptions", &PolicyReader::descriptions},
      {"checks", &PolicyReader::checks},
      {"sync", &PolicyReader::sync},
  };
  return sections;
}

Result<Policy> PolicyReader::read() {
  const YamlNode& root = document_.root();
  if (root.kind == Kind::nothing || (root.kind == Kind::map && root.entries.empty()))
    return document_.wrong(root, "the policy is empty: leave --policy out to use the built-in one");
  if (root.kind != Kind::map)
    return document_.wrong(root,
                           "a policy is a map of sections such as `versions:`, or of versions to their tags");
  bool is_tags_yaml = Version::parse(root.entries.front().key.text).has_value();
  TRY(is_tags_yaml ? read_tags_yaml() : read_sections());
  TRY(look_at_all_tags());
  put_tags_in_order();
  return policy_;
}

Done PolicyReader::read_sections() {
  std::vector<std::string_view> names;
  for (const Section& section : sections()) names.push_back(section.name);
  const auto& entries = document_.root().entries;
  for (const auto& [key, value] : entries) {
    if (Version::parse(key.text))
      return document_.wrong(key, "the version {} belongs under `versions:`", for_message(key.text));
    if (std::ranges::find(names, std::string_view(key.text)) == names.end())
      return document_.unknown_key(key, names);
  }
  for (const Section& section : sections()) {
    auto found =
        std::ranges::find_if(entries, [&](const YamlEntry& entry) { return entry.key.text == section.name; });
    if (found == entries.end()) continue;
    if (found->value.kind == Kind::nothing)
      return document_.wrong(found->key, "nothing stands under `{}:`: leave it out to keep what is built in",
                             section.name);
    TRY((this->*section.read)(found->value));
  }
  return {};
}

// Today's file: versions at the top level, each with a list of special tags.
Done PolicyReader::read_tags_yaml() { return versions(document_.root()); }

Done PolicyReader::repository(const YamlNode& node) {
  if (node.kind != Kind::scalar)
    return document_.wrong(node, "one repository name such as openeuler/openeuler");
  auto name = RepositoryName::parse(node.text);
  if (!name)
    return document_.wrong(node,
                           "'{}' is not a repository name such as openeuler/openeuler (without the registry)",
                           for_message(node.text));
  policy_.repository_ = name->text();
  return {};
}

Done PolicyReader::registries(const YamlNode& node) {
  policy_.registries_.clear();
  for (const YamlNode& item : TRY(list_from(node, "registries"))) {
    bool folder = item.text.starts_with("oci:") && item.text.size() > 4;
    if (!folder && !RegistryHost::parse(item.text))
      return document_.wrong(item, "'{}' is not a registry: write a host such as docker.io, or oci:FOLDER",
                             for_message(item.text));
    if (std::ranges::find(policy_.registries_, item.text) != policy_.registries_.end())
      return document_.wrong(item, "the registry {} is named twice", for_message(item.text));
    policy_.registries_.push_back(item.text);
  }
  return {};
}

Done PolicyReader::registry_profiles(const YamlNode& node) {
  policy_.registry_profiles_ = TRY(read_registry_profiles(document_, node));
  return {};
}

Done PolicyReader::descriptions(const YamlNode& node) {
  policy_.descriptions_ = TRY(read_description_rules(document_, node));
  return {};
}

Done PolicyReader::builders(const YamlNode& node) {
  policy_.builders_ = TRY(read_builder_rules(document_, node));
  return {};
}

Done PolicyReader::build(const YamlNode& node) {
  policy_.build_ = TRY(read_build_rules(document_, node));
  return {};
}

Done PolicyReader::images(const YamlNode& node) {
  policy_.images_ = TRY(read_image_rules(document_, node));
  return {};
}

Done PolicyReader::checks(const YamlNode& node) {
  policy_.checks_ = TRY(read_check_rules(document_, node));
  return {};
}

Done PolicyReader::sync(const YamlNode& node) {
  policy_.sync_ = TRY(read_sync_rules(document_, node));
  return {};
}

Done PolicyReader::sources(const YamlNode& node) {
  policy_.sources_ = TRY(sources_from(node));
  policy_.sources_by_version_.clear();  // whoever names the sources has all versions there
  return {};
}

Done PolicyReader::architectures(const YamlNode& node) {
  policy_.architectures_ = TRY(architectures_from(node, policy_.architectures_));
  return {};
}

Done PolicyReader::changes(const YamlNode& node) {
  if (node.kind != Kind::map)
    return document_.wrong(node, "`changes:` is a map of utc and tmout to on or off");
  const YamlNode* utc = nullptr;
  const YamlNode* tmout = nullptr;
  TRY(take_keys(document_, node, {{"utc", &utc}, {"tmout", &tmout}}));
  if (utc) policy_.utc_ = TRY(document_.on_or_off(*utc));
  if (tmout) policy_.tmout_ = TRY(document_.on_or_off(*tmout));
  return {};
}

Done PolicyReader::compression(const YamlNode& node) {
  if (node.text != "gzip" && node.text != "zstd")
    return document_.wrong(node, "the compression is gzip or zstd");
  policy_.compression_ = node.text;
  return {};
}

Done PolicyReader::versions(const YamlNode& node) {
  policy_.versions_.clear();
  has_versions_ = true;
  if (node.kind != Kind::map) {
    for (const YamlNode& item : TRY(list_from(node, "versions"))) {
      Version version = TRY(version_from(item));
      if (!policy_.versions_.try_emplace(version).second)
        return document_.wrong(item, "the version {} is given twice", version.text());
    }
    return {};
  }
  if (node.entries.empty()) return document_.wrong(node, "no version stands here");
  for (const auto& [key, value] : node.entries) {
    Version version = TRY(version_from(key));
    if (!policy_.versions_.try_emplace(version).second)
      return document_.wrong(key, "the version {} is given twice", version.text());
    TRY(one_version(version, value));
  }
  return {};
}

Done PolicyReader::one_version(const Version& version, const YamlNode& node) {
  const YamlNode* tags = &node;
  if (node.kind == Kind::map) {
    tags = nullptr;
    const YamlNode* sources = nullptr;
    const YamlNode* architectures = nullptr;
    TRY(take_keys(document_, node,
                  {{"tags", &tags}, {"sources", &sources}, {"architectures", &architectures}}));
    if (sources) policy_.sources_by_version_[version] = TRY(sources_from(*sources));
    if (architectures)
      policy_.architectures_by_version_.insert_or_assign(
          version, TRY(architectures_from(*architectures, policy_.architectures_)));
  }
  if (!tags || tags->kind == Kind::nothing) return {};
  if (tags->kind == Kind::list && tags->items.empty()) return {};
  for (const YamlNode& tag : TRY(list_from(*tags, "special tags"))) TRY(give(version, tag));
  return {};
}

// The same table the other way round: `latest: 24.03-LTS-SP1`.
Done PolicyReader::tags(const YamlNode& node) {
  if (node.kind != Kind::map)
    return document_.wrong(node, "`tags:` is a map of special tags to versions: `latest: 24.03-LTS-SP1`");
  if (!has_versions_)
    for (auto& [version, special] : policy_.versions_) special.clear();
  for (const auto& [tag, value] : node.entries) {
    Version version = TRY(version_from(value));
    if (!policy_.knows(version))
      return document_.wrong(value, "the tag {} is for {}, which is not among the versions: add it there",
                             for_message(tag.text), version.text());
    TRY(give(version, tag));
  }
  return {};
}

Done PolicyReader::give(const Version& version, const YamlNode& node) {
  auto tag = Tag::parse(node.text);
  if (!tag)
    return document_.wrong(
        node,
        "'{}' is not a tag: letters, digits, _ . and - are, up to 128 of them, and neither "
        "dot nor dash in front",
        for_message(node.text));
  if (*tag == version.tag()) return {};  // its own; every version has that anyway
  if (is_series(tag->text()) && tag->text() != version.series())
    return document_.wrong(node, "{} is the tag of another series; {} is of the series {}", tag->text(),
                           version.text(), version.series());
  auto spelled = Version::parse(tag->text());
  if (spelled && *spelled != version && lower(tag->text()) == spelled->tag().text() && spelled->lts())
    return document_.wrong(node, "{} is the own tag of {} and cannot be a special tag of {}", tag->text(),
                           spelled->text(), version.text());
  auto [there, fresh] = given_.try_emplace(*tag, Given{version, node});
  if (!fresh && there->second.version == version)
    return document_.wrong(node, "the tag {} is given to {} twice", tag->text(), version.text());
  if (!fresh)
    return document_.wrong(node,
                           "the tag {} is given to {} and to {} (line {}): a tag can name only one of them",
                           tag->text(), version.text(), there->second.version.text(), there->second.at.line);
  policy_.versions_[version].push_back(*tag);
  return {};
}

// An innovation release is called like a series: where 23.09 is a version, 23.09 is its own tag.
Done PolicyReader::look_at_all_tags() {
  for (const auto& [tag, given] : given_) {
    auto spelled = Version::parse(tag.text());
    if (spelled && *spelled != given.version && policy_.knows(*spelled))
      return document_.wrong(given.at, "{} is the own tag of {} and cannot be a special tag of {}",
                             tag.text(), spelled->text(), given.version.text());
  }
  return {};
}

// Series tags first, `latest` last, the others between them as they stand in the file.
void PolicyReader::put_tags_in_order() {
  for (auto& [version, tags] : policy_.versions_) {
    auto rank = [series = version.series()](const Tag& tag) {
      return tag.text() == series ? 0 : tag.text() == "latest" ? 2 : 1;
    };
    std::ranges::stable_sort(tags, {}, rank);
  }
}

Result<Version> PolicyReader::version_from(const YamlNode& node) {
  if (node.kind != Kind::scalar)
    return document_.wrong(node, "a version is expected here, such as 24.03-LTS-SP1");
  auto version = Version::parse(node.text);
  if (!version)
    return document_.wrong(node, "'{}' is not a version: write it like 24.03-LTS-SP1, 22.03-LTS or 23.09",
                           for_message(node.text));
  return *version;
}

// A list; or one scalar, whose words are separated by commas.  Never empty.
Result<std::vector<YamlNode>> PolicyReader::list_from(const YamlNode& node, std::string_view what) {
  std::vector<YamlNode> list = node.items;
  if (node.kind == Kind::scalar) {
    std::string_view rest = node.text;
    while (true) {
      size_t comma = rest.find(',');
      YamlNode word = node;
      word.text = trimmed(rest.substr(0, comma));
      list.push_back(std::move(word));
      if (comma == rest.npos) break;
      rest = rest.substr(comma + 1);
    }
  }
  if (node.kind == Kind::map || list.empty())
    return document_.wrong(node, "a list of {} is expected here", what);
  for (const YamlNode& item : list)
    if (item.kind != Kind::scalar || item.text.empty())
      return document_.wrong(item, "this is no plain word; a list of {} is expected here", what);
  return list;
}

Result<std::vector<std::string>> PolicyReader::sources_from(const YamlNode& node) {
  std::vector<std::string> sources;
  for (const YamlNode& item : TRY(list_from(node, "sources"))) {
    std::string_view complaint = complaint_about_source(item.text);
    // What may hold a password is not repeated in the message.
    std::string shown = item.text.find('@') == item.text.npos ? for_message(item.text) : "…";
    if (!complaint.empty()) return document_.wrong(item, "'{}' is not a source: {}", shown, complaint);
    std::string source = item.text;
    while (source.size() > 1 && source.ends_with('/')) source.pop_back();
    if (std::ranges::find(sources, source) != sources.end())
      return document_.wrong(item, "the source {} is named twice", for_message(source));
    sources.push_back(source);
  }
  return sources;
}

// A map of required and optional; or a list, all of which is required.  What a map leaves out is as in
// `general`.
Result<Policy::Architectures> PolicyReader::architectures_from(const YamlNode& node,
                                                               const Policy::Architectures& general) {
  Policy::Architectures architectures;
  if (node.kind != Kind::map) {
    architectures.required = TRY(platforms_from(node));
    return architectures;
  }
  const YamlNode* required = nullptr;
  const YamlNode* optional = nullptr;
  TRY(take_keys(document_, node, {{"required", &required}, {"optional", &optional}}));
  architectures = general;
  if (required) architectures.required = TRY(platforms_from(*required));
  bool no_optional = optional && (optional->kind == Kind::nothing ||
                                  (optional->kind == Kind::list && optional->items.empty()));
  if (no_optional)
    architectures.optional.clear();
  else if (optional)
    architectures.optional = TRY(platforms_from(*optional));

  auto is_in = [](const std::vector<Platform>& list, const Platform& platform) {
    return std::ranges::any_of(list, [&](const Platform& other) { return same_machine(other, platform); });
  };
  if (!optional)
    std::erase_if(architectures.optional,
                  [&](auto& platform) { return is_in(architectures.required, platform); });
  for (const Platform& platform : architectures.optional)
    if (is_in(architectures.required, platform))
      return document_.wrong(*optional, "{} is required and cannot be optional as well",
                             platform.architecture);
  if (architectures.required.empty())
    return document_.wrong(node, "no architecture is required: name at least one under `required:`");
  return architectures;
}

Result<std::vector<Platform>> PolicyReader::platforms_from(const YamlNode& node) {
  std::vector<Platform> platforms;
  for (const YamlNode& item : TRY(list_from(node, "architectures"))) {
    auto platform = Platform::parse(item.text);
    if (!platform || platform->os != "linux")
      return document_.wrong(item, "'{}' is no architecture known here: write amd64, arm64 or loong64",
                             for_message(item.text));
    for (const Platform& other : platforms)
      if (same_machine(other, *platform))
        return document_.wrong(item, "the architecture {} is named twice", platform->architecture);
    platforms.push_back(*platform);
  }
  return platforms;
}

}  // namespace eulerpublisher
