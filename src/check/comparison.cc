#include "check/comparison.h"

#include <algorithm>
#include <set>

namespace eulerpublisher {
namespace {

using Files = std::map<std::string_view, const FileFact*>;

uint64_t bytes_of(const FileFact& file) { return file.type == TarEntry::Type::file ? file.size : 0; }

std::string_view top_folder(std::string_view path) {
  size_t first = path.find('/');
  if (first == path.npos) return "/";
  size_t second = path.find('/', first + 1);
  return path.substr(0, second == path.npos ? first : second);
}

// What differs between two files of one name, or nothing.
std::string difference(const FileFact& before, const FileFact& after) {
  std::string text;
  auto add = [&](std::string part) { text += (text.empty() ? "" : ", ") + std::move(part); };
  if (before.type != after.type) add("another kind of file");
  if (bytes_of(before) != bytes_of(after))
    add(fmt::format("size {} -> {}", bytes_of(before), bytes_of(after)));
  if (before.mode != after.mode) add(fmt::format("mode {:04o} -> {:04o}", before.mode, after.mode));
  if (before.uid != after.uid || before.gid != after.gid)
    add(fmt::format("owner {}:{} -> {}:{}", before.uid, before.gid, after.uid, after.gid));
  if (before.type == TarEntry::Type::symbolic_link && before.link != after.link)
    add(fmt::format("link {} -> {}", before.link, after.link));
  if (text.empty() && before.content() && after.content() && *before.content() != *after.content())
    add("content");
  bool read = before.content() && after.content();
  if (text.empty() && !read && after.type == TarEntry::Type::file && before.seconds != after.seconds)
    add("written at another time");
  return text;
}

void compare_files(const Files& before, const Files& after, std::vector<FileChange>& changes) {
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    if (now == after.end() || (old != before.end() && old->first < now->first)) {
      changes.push_back({std::string(old++->first), FileChange::Kind::removed, ""});
    } else if (old == before.end() || now->first < old->first) {
      changes.push_back({std::string(now++->first), FileChange::Kind::added, ""});
    } else {
      std::string what = difference(*old->second, *now->second);
      if (!what.empty())
        changes.push_back({std::string(now->first), FileChange::Kind::changed, std::move(what)});
      ++old;
      ++now;
    }
  }
}

void compare_contents(const RootView& before, const RootView& after, PlatformComparison& result) {
  result.contents_known = true;
  result.files = {before.files().size(), after.files().size()};
  std::map<std::string_view, Amount> folders;
  for (auto& [name, file] : before.files()) folders[top_folder(name)].before += bytes_of(*file);
  for (auto& [name, file] : after.files()) folders[top_folder(name)].after += bytes_of(*file);
  for (auto& [folder, bytes] : folders) {
    result.file_bytes.before += bytes.before;
    result.file_bytes.after += bytes.after;
    if (bytes.before != bytes.after) result.folders.push_back({std::string(folder), bytes});
  }
  auto much = [](const FolderChange& one) {
    return one.bytes.before > one.bytes.after ? one.bytes.before - one.bytes.after
                                              : one.bytes.after - one.bytes.before;
  };
  std::ranges::stable_sort(result.folders, std::greater<>(), much);
  compare_files(before.files(), after.files(), result.file_changes);
}

// The versions of each package, by name and architecture; several of one name together.
std::map<std::pair<std::string, std::string>, std::string> versions_of(const PackageList& packages) {
  std::map<std::pair<std::string, std::string>, std::string> versions;
  for (const Package& package : packages) {
    std::string& there = versions[{package.name, package.architecture}];
    there += (there.empty() ? "" : ", ") + package.full_version();
  }
  return versions;
}

void compare_packages(const PackageList& before, const PackageList& after, PlatformComparison& result) {
  result.packages_known = true;
  result.packages = {before.size(), after.size()};
  auto old = versions_of(before), now = versions_of(after);
  for (auto& [key, version] : old)
    if (auto there = now.find(key); there == now.end())
      result.package_changes.push_back({key.first, key.second, version, ""});
    else if (there->second != version)
      result.package_changes.push_back({key.first, key.second, version, there->second});
  for (auto& [key, version] : now)
    if (!old.contains(key)) result.package_changes.push_back({key.first, key.second, "", version});
  std::ranges::stable_sort(result.package_changes, {}, &PackageChange::name);
}

std::string words(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& word : list) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::map<std::string, std::string> settings_of(const Config& config) {
  std::map<std::string, std::string> settings{{"Cmd", words(config.cmd)},
                                              {"Entrypoint", words(config.entrypoint)},
                                              {"User", config.user},
                                              {"created", config.created}};
  for (const std::string& entry : config.env) {
    size_t equals = std::min(entry.find('='), entry.size());
    settings["Env " + entry.substr(0, equals)] = entry.substr(std::min(equals + 1, entry.size()));
  }
  for (auto& [name, value] : config.labels) settings["Label " + name] = value;
  return settings;
}

std::vector<SettingChange> compare_settings(const Config& before, const Config& after) {
  std::vector<SettingChange> changes;
  auto old = settings_of(before), now = settings_of(after);
  std::set<std::string> names;
  for (auto& [name, value] : old) names.insert(name);
  for (auto& [name, value] : now) names.insert(name);
  for (const std::string& name : names)
    if (old[name] != now[name]) changes.push_back({name, old[name], now[name]});
  return changes;
}

uint64_t travelling(const CheckedPlatform& one) {
  uint64_t bytes = 0;
  for (const Descriptor& layer : one.content->layers) bytes += layer.size;
  return bytes;
}

PlatformComparison compare_platform(const CheckedPlatform& before, const CheckedPlatform& after) {
  PlatformComparison result;
  result.platform = after.platform;
  result.layers = {before.content->layers.size(), after.content->layers.size()};
  result.layer_bytes = {travelling(before), travelling(after)};
  result.configuration = compare_settings(*before.config, *after.config);
  if (before.root && after.root) compare_contents(*before.root, *after.root, result);
  if (before.packages && after.packages) compare_packages(*before.packages, *after.packages, result);
  return result;
}

const CheckedPlatform* same_in(const CheckedImage& image, const Platform& platform) {
  auto found = std::ranges::find_if(
      image.platforms, [&](const CheckedPlatform& one) { return same_machine(one.platform, platform); });
  return found == image.platforms.end() ? nullptr : &*found;
}

}  // namespace

std::optional<double> Amount::growth() const {
  if (before == 0) return std::nullopt;
  return (static_cast<double>(after) - static_cast<double>(before)) / static_cast<double>(before);
}

std::string_view name_of(FileChange::Kind kind) {
  switch (kind) {
    case FileChange::Kind::added:
      return "added";
    case FileChange::Kind::removed:
      return "removed";
    case FileChange::Kind::changed:
      return "changed";
  }
  return "unknown";
}

Comparison compare(const CheckedImage& before, const CheckedImage& after) {
  Comparison result{before.top.digest, after.top.digest, {}, {}, {}};
  for (const CheckedPlatform& one : before.platforms)
    if (!same_in(after, one.platform)) result.lost.push_back(one.platform);
  for (const CheckedPlatform& one : after.platforms)
    if (const CheckedPlatform* old = same_in(before, one.platform)) {
      result.platforms.push_back(compare_platform(*old, one));
    } else {
      result.gained.push_back(one.platform);
    }
  return result;
}

}  // namespace eulerpublisher
