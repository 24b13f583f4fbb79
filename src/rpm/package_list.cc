#include "rpm/package_list.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace eulerpublisher {

using Json = nlohmann::json;

std::string Package::full_version() const {
  return (epoch.empty() ? "" : epoch + ":") + version + (release.empty() ? "" : "-" + release);
}

std::string print_packages(const PackageList& packages) {
  Json list = Json::array();
  for (const Package& one : packages)
    list.push_back(
        {one.name, one.epoch, one.version, one.release, one.architecture, one.key, std::to_string(one.size)});
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<PackageList> parse_packages(std::string_view json) {
  constexpr size_t texts = 7;
  Json list = Json::parse(json, nullptr, false);
  if (!list.is_array()) return corrupt("the list of packages is no JSON list");
  PackageList packages;
  for (const Json& one : list) {
    bool whole = one.is_array() && one.size() == texts &&
                 std::ranges::all_of(one, [](const Json& text) { return text.is_string(); });
    if (!whole) return corrupt("the list of packages has an entry that is none");
    std::string size = one[6];
    packages.push_back(
        {one[0], one[1], one[2], one[3], one[4], one[5], std::strtoull(size.c_str(), nullptr, 10)});
  }
  std::ranges::sort(packages);
  return packages;
}

}  // namespace eulerpublisher
