#include "support/checked_image.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "oci/media_type.h"

namespace eulerpublisher::test {

namespace {

void replace(MadeFiles& files, MadeFile file) {
  std::erase_if(files, [&](const MadeFile& one) { return one.path == file.path; });
  files.push_back(std::move(file));
}

}  // namespace

std::shared_ptr<LayerReport> report_of(const MadeFiles& files) {
  std::string tar = make_tar(files);
  MemoryBlob blob(std::string(media_type::layer_tar), tar);
  auto source = blob.open(0, {}).value();
  return std::make_shared<LayerReport>(*inspect_layer(*source, LayerLimits{}, {}).value().report);
}

MadeFiles clean_root(const Platform& platform, const std::string& version) {
  MadeFiles files = small_root(platform, os_version_of(version));
  replace(files, {.path = "./etc/bashrc", .content = "umask 0022\nexport TMOUT=0\n"});
  replace(files, {.path = "./etc/localtime", .link = "../usr/share/zoneinfo/UTC"});
  MadeFiles more{
      {.path = "./etc/shadow", .content = "root:*:19000:0:99999:7:::\n", .mode = 0400},
      {.path = "./etc/machine-id"},
      {.path = "./etc/pki/tls/certs/ca-bundle.crt", .content = "-----BEGIN CERTIFICATE-----\n"},
      {.path = "./etc/dnf/dnf.conf", .content = "[main]\ngpgcheck=1\n"},
      {.path = "./etc/yum.repos.d/openEuler.repo",
       .content = fmt::format("[OS]\nname=OS\nbaseurl=http://repo.openeuler.org/openEuler-{0}/OS/$basearch/\n"
                              "enabled=1\ngpgcheck=1\ngpgkey=http://repo.openeuler.org/openEuler-{0}/OS/"
                              "$basearch/RPM-GPG-KEY-openEuler\n",
                              version)},
      {.path = "./usr/bin/su", .content = elf_head(platform), .mode = 04755},
      {.path = "./tmp/", .mode = 01777},
      {.path = "./var/"},
      {.path = "./var/log/"},
      {.path = "./var/log/lastlog"},
  };
  files.insert(files.end(), more.begin(), more.end());
  return files;
}

CheckedPlatform checked_platform(const std::vector<std::shared_ptr<LayerReport>>& layers,
                                 const Platform& platform) {
  nlohmann::json json{{"os", platform.os},
                      {"architecture", platform.architecture},
                      {"config", {{"Cmd", {"bash"}}}},
                      {"rootfs", {{"type", "layers"}, {"diff_ids", nlohmann::json::array()}}},
                      {"history", nlohmann::json::array()}};
  std::vector<InspectedLayer> read;
  Manifest manifest{std::string(media_type::manifest), {"", digest_of(""), 0, {}, {}}, {}, {}};
  RootView root;
  for (const auto& report : layers) {
    Digest digest = digest_of(fmt::format("{} {}", platform.text(), read.size()));
    manifest.layers.push_back({std::string(media_type::layer_tar), digest, 100, {}, {}});
    json["rootfs"]["diff_ids"].push_back(digest.text());
    json["history"].push_back({{"created_by", "test"}});
    read.push_back({digest, 100, digest, report});
    root.add(report);
  }
  auto config = Document<Config>::parse(json.dump()).value();
  manifest.config = config.descriptor(media_type::config);
  auto content = Document<Manifest>::of(std::move(manifest));
  Descriptor descriptor = content.descriptor(media_type::manifest);
  descriptor.platform = platform;
  return CheckedPlatform{platform,        descriptor, std::move(content), std::move(config), std::move(read),
                         std::move(root), {}};
}

CheckedImage checked_image(std::vector<CheckedPlatform> platforms) {
  Index index{std::string(media_type::index), {}, {}};
  for (const CheckedPlatform& one : platforms) index.manifests.push_back(one.manifest);
  auto document = Document<Index>::of(std::move(index));
  Descriptor top = document.descriptor(media_type::index);
  return CheckedImage{top, std::move(document), std::move(platforms)};
}

}  // namespace eulerpublisher::test
