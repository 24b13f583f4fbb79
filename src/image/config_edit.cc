#include "image/config_edit.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace eulerpublisher {
namespace {

using Json = nlohmann::json;

bool is_given(const Json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_array() && !found->empty();
}

void edit_run(Json& run) {
  // Traces of the container that an image was committed from.
  for (const char* key : {"Hostname", "Domainname", "AttachStdin", "AttachStdout", "AttachStderr", "Tty",
                          "OpenStdin", "StdinOnce", "Image", "MacAddress", "NetworkDisabled"})
    run.erase(key);
  for (auto item = run.begin(); item != run.end();)
    item = item->is_null() ? run.erase(item) : std::next(item);
  if (!is_given(run, "Cmd") && !is_given(run, "Entrypoint")) run["Cmd"] = Json::array({"bash"});
}

bool makes_layer(const Json& entry) {
  auto empty = entry.find("empty_layer");
  return empty == entry.end() || !empty->is_boolean() || !empty->get<bool>();
}

// A history that does not account for every layer says something untrue: one that does takes its place.
void edit_history(Json& config, size_t layers) {
  Json& history = config["history"];
  size_t accounted = 0;
  if (history.is_array()) accounted = static_cast<size_t>(std::ranges::count_if(history, makes_layer));
  if (accounted == layers) return;
  Json entry{{"created_by", "released root file system"}};
  if (config.contains("created")) entry["created"] = config["created"];
  history = Json::array();
  for (size_t i = 0; i < layers; ++i) history.push_back(entry);
}

}  // namespace

Result<std::string> edit_config(std::string_view released, const std::optional<AddedLayer>& added) {
  Json config = Json::parse(released, nullptr, false);
  if (!config.is_object()) return corrupt("the configuration is not a JSON object");
  for (const char* key :
       {"id", "parent", "parent_id", "container", "container_config", "docker_version", "throwaway", "Size"})
    config.erase(key);
  Json& run = config["config"];
  if (!run.is_object()) run = Json::object();
  edit_run(run);
  Json& diff_ids = config["rootfs"]["diff_ids"];
  if (!diff_ids.is_array()) return corrupt("the configuration has no diff_ids");
  config["rootfs"]["type"] = "layers";
  edit_history(config, diff_ids.size());
  if (added) {
    diff_ids.push_back(added->diff_id.text());
    config["history"].push_back({{"created", added->created}, {"created_by", added->created_by}});
  }
  return config.dump();
}

}  // namespace eulerpublisher
