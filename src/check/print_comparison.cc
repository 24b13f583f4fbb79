#include "check/print_comparison.h"

#include <nlohmann/json.hpp>

namespace eulerpublisher {
namespace {

using Json = nlohmann::ordered_json;

Json amount(const Amount& one) { return {{"before", one.before}, {"after", one.after}}; }

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json names(const std::vector<Platform>& platforms) {
  Json list = Json::array();
  for (const Platform& platform : platforms) list.push_back(platform.text());
  return list;
}

void put_contents(const PlatformComparison& one, Json& json) {
  json["files"] = amount(one.files);
  json["file_bytes"] = amount(one.file_bytes);
  json["folders"] = Json::array();
  for (const FolderChange& folder : one.folders)
    json["folders"].push_back(
        {{"folder", folder.folder}, {"before", folder.bytes.before}, {"after", folder.bytes.after}});
  json["file_changes"] = Json::array();
  for (const FileChange& file : one.file_changes)
    json["file_changes"].push_back(
        {{"file", "/" + file.name}, {"change", name_of(file.kind)}, {"what", text_or_null(file.what)}});
}

void put_packages(const PlatformComparison& one, Json& json) {
  json["packages"] = amount(one.packages);
  json["package_changes"] = Json::array();
  for (const PackageChange& package : one.package_changes)
    json["package_changes"].push_back({{"package", package.name},
                                       {"architecture", package.architecture},
                                       {"before", text_or_null(package.before)},
                                       {"after", text_or_null(package.after)}});
}

}  // namespace

std::string print_comparison(const Comparison& comparison) {
  Json json{{"before", comparison.before.text()},
            {"after", comparison.after.text()},
            {"platforms_lost", names(comparison.lost)},
            {"platforms_gained", names(comparison.gained)},
            {"platforms", Json::array()}};
  for (const PlatformComparison& one : comparison.platforms) {
    Json platform{{"platform", one.platform.text()},
                  {"layers", amount(one.layers)},
                  {"layer_bytes", amount(one.layer_bytes)},
                  {"configuration", Json::array()}};
    for (const SettingChange& setting : one.configuration)
      platform["configuration"].push_back({{"setting", setting.name},
                                           {"before", text_or_null(setting.before)},
                                           {"after", text_or_null(setting.after)}});
    if (one.contents_known) put_contents(one, platform);
    if (one.packages_known) put_packages(one, platform);
    json["platforms"].push_back(std::move(platform));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace eulerpublisher
