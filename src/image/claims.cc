#include "image/claims.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "inspect/elf.h"
#include "inspect/os_release.h"

namespace eulerpublisher {
namespace {

using Json = nlohmann::json;

constexpr int deepest_json = 32;

// An entry of manifest.json.
struct ManifestEntry {
  std::string config;
  std::vector<std::string> layers;
};

Error no_manifest(const DockerArchive& archive) {
  if (archive.documents.contains("oci-layout") || archive.documents.contains("index.json"))
    return unsupported(
        "it is an OCI image layout without manifest.json, which is not read here: save the image again as a "
        "docker-archive");
  std::vector<std::string> found(archive.others.begin(), archive.others.end());
  for (auto& [name, document] : archive.documents) found.push_back(name);
  for (auto& [name, layer] : archive.layers) found.push_back(name);
  if (found.size() > 3) {
    found.resize(3);
    found.push_back("…");
  }
  if (found.empty()) return corrupt("it holds no manifest.json, so it is no docker-archive: it is empty");
  return corrupt("it holds no manifest.json, so it is no docker-archive: it holds {}",
                 fmt::join(found, ", "));
}

Result<std::string> text_of(const Json& entry, const char* key) {
  auto found = entry.find(key);
  if (found == entry.end() || !found->is_string())
    return corrupt("manifest.json has an image without '{}'", key);
  return found->get<std::string>();
}

Result<ManifestEntry> read_manifest(const DockerArchive& archive) {
  auto document = archive.documents.find("manifest.json");
  if (document == archive.documents.end()) return no_manifest(archive);
  bool deep = false;
  auto guard = [&](int depth, Json::parse_event_t, Json&) { return !(deep = deep || depth > deepest_json); };
  Json list = Json::parse(document->second, guard, false);
  if (deep || list.is_discarded() || !list.is_array() || list.empty())
    return corrupt("its manifest.json is not a JSON list of images");
  std::vector<std::string> configs;
  for (const Json& image : list) {
    if (!image.is_object()) return corrupt("its manifest.json is not a JSON list of images");
    configs.push_back(TRY(text_of(image, "Config")));
  }
  if (configs.size() > 1)
    return corrupt("it holds {} images (configurations {}) where one is expected", configs.size(),
                   fmt::join(configs, ", "));
  ManifestEntry entry{configs[0], {}};
  auto layers = list[0].find("Layers");
  if (layers == list[0].end() || !layers->is_array())
    return corrupt("manifest.json has an image without 'Layers'");
  for (const Json& layer : *layers) {
    if (!layer.is_string()) return corrupt("manifest.json names a layer that is not a text");
    entry.layers.push_back(layer.get<std::string>());
  }
  return entry;
}

// The 64 hexadecimal digits that a member is called by, if it is.
std::optional<std::string> digest_in_name(std::string_view name) {
  std::string_view base = name.substr(name.rfind('/') + 1);
  std::string_view stem = base.substr(0, base.find('.'));
  if (stem.size() != 64 || !is_hex(stem)) return std::nullopt;
  return std::string(stem);
}

Result<std::string> find_config(const DockerArchive& archive, const std::string& written) {
  std::optional<std::string> plain = plain_name(written);
  std::optional<std::string> name = plain ? archive.resolve(*plain) : std::nullopt;
  auto document = name ? archive.documents.find(*name) : archive.documents.end();
  if (document == archive.documents.end())
    return corrupt("manifest.json names the configuration '{}', which is not in the archive", written);
  auto stated = digest_in_name(*name);
  if (stated && digest_of(document->second).hex() != *stated)
    return corrupt("the configuration '{}' is not what its name says: its sha256 is {}", *name,
                   digest_of(document->second).hex());
  // An archive with another configuration beside it leaves open which of them was meant.
  for (auto& [other, bytes] : archive.documents)
    if (other != *name && other.find('/') == other.npos && digest_in_name(other))
      return corrupt("it holds two configurations, '{}' and '{}'", *name, other);
  return document->second;
}

Result<const TakenLayer*> find_layer(const DockerArchive& archive, const std::string& written) {
  std::optional<std::string> plain = plain_name(written);
  std::optional<std::string> name = plain ? archive.resolve(*plain) : std::nullopt;
  if (name) {
    auto compressed = archive.compressed.find(*name);
    if (compressed != archive.compressed.end())
      return unsupported("its layer '{}' is compressed with {} inside the archive, which is not read here",
                         *name, compressed->second);
    auto layer = archive.layers.find(*name);
    if (layer != archive.layers.end()) {
      if (layer->second.fault)
        return Result<const TakenLayer*>(*layer->second.fault).within("layer {}", *name);
      return &layer->second;
    }
  }
  return corrupt("manifest.json names the layer '{}', which is not in the archive", written);
}

Done compare_layers(const VerifiedArchive& verified) {
  auto& diff_ids = verified.config.diff_ids;
  if (verified.layers.empty()) return corrupt("it holds an image without layers");
  if (diff_ids.size() != verified.layers.size())
    return corrupt("its configuration has {} layers, its manifest.json {}", diff_ids.size(),
                   verified.layers.size());
  for (size_t i = 0; i < diff_ids.size(); ++i) {
    const TakenLayer& layer = *verified.layers[i];
    if (layer.diff_id != diff_ids[i])
      return corrupt("layer '{}' is {}, its configuration says {}", layer.name, layer.diff_id.text(),
                     diff_ids[i].text());
    auto stated = digest_in_name(layer.name);
    if (stated && layer.diff_id.hex() != *stated)
      return corrupt("layer '{}' is not what its name says: its sha256 is {}", layer.name,
                     layer.diff_id.hex());
  }
  return {};
}

Done compare_platform(const VerifiedArchive& verified, const Platform& expected) {
  const Platform& stated = verified.config.platform;
  if (!same_machine(stated, expected) &&
      !(stated.os == expected.os && stated.architecture == expected.architecture &&
        (stated.variant.empty() || expected.variant.empty())))
    return corrupt("its configuration says {}, but {} was asked for", stated.text(), expected.text());
  auto wanted = elf_machine_of(expected);
  if (!wanted) return {};
  for (std::string_view shell : {"bin/sh", "bin/bash"}) {
    const FileFact* file = verified.root.find(shell);
    if (file == nullptr || !file->machine || *file->machine == *wanted) continue;
    return corrupt("its /{} is a program for {}, but {} was asked for", shell,
                   name_of_elf_machine(*file->machine), expected.architecture);
  }
  return {};
}

Done compare_version(VerifiedArchive& verified, const std::optional<std::string>& expected) {
  const FileFact* file = verified.root.find("etc/os-release");
  if (file == nullptr || file->content() == nullptr) file = verified.root.find("usr/lib/os-release");
  bool there = file != nullptr && file->content() != nullptr;
  if (there) verified.os_version = os_release_value(*file->content(), "VERSION").value_or("");
  if (!expected) return {};
  if (!there)
    return corrupt("its root file system has no os-release, so nothing says that it is {}", *expected);
  if (verified.os_version.empty())
    return corrupt("its os-release has no VERSION, so nothing says that it is {}", *expected);
  if (plain_version(verified.os_version) != plain_version(*expected))
    return corrupt("its os-release says version '{}', but {} was asked for", verified.os_version, *expected);
  return {};
}

}  // namespace

Result<VerifiedArchive> verify_archive(const DockerArchive& archive, const ArchiveExpected& expected) {
  ManifestEntry manifest = TRY(read_manifest(archive));
  VerifiedArchive verified;
  verified.config_bytes = TRY(find_config(archive, manifest.config));
  verified.config = TRY(Config::parse(verified.config_bytes));
  for (const std::string& layer : manifest.layers) verified.layers.push_back(TRY(find_layer(archive, layer)));
  TRY(compare_layers(verified));
  for (const TakenLayer* layer : verified.layers) verified.root.add(layer->report);
  TRY(compare_platform(verified, expected.platform));
  TRY(compare_version(verified, expected.version));
  return verified;
}

}  // namespace eulerpublisher
