#include "support/archive_maker.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <lzma.h>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>

namespace eulerpublisher::test {
namespace {

void check(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("making an archive: ") + what);
}

void write_file(archive* tar, const MadeFile& file) {
  std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                      &archive_entry_free);
  bool folder = file.path.ends_with('/');
  bool link = !file.link.empty();
  archive_entry_set_pathname(entry.get(), file.path.c_str());
  archive_entry_set_filetype(entry.get(), folder ? AE_IFDIR : link && !file.hard ? AE_IFLNK : AE_IFREG);
  archive_entry_set_perm(entry.get(), file.mode != 0 ? file.mode : folder ? 0755 : link ? 0777 : 0644);
  if (link && file.hard) archive_entry_set_hardlink(entry.get(), file.link.c_str());
  if (link && !file.hard) archive_entry_set_symlink(entry.get(), file.link.c_str());
  archive_entry_set_size(entry.get(), link || folder ? 0 : static_cast<int64_t>(file.content.size()));
  archive_entry_set_uid(entry.get(), file.uid);
  archive_entry_set_gid(entry.get(), file.gid);
  archive_entry_set_mtime(entry.get(), file.mtime, 0);
  for (auto& [name, value] : file.xattrs)
    archive_entry_xattr_add_entry(entry.get(), name.c_str(), value.data(), value.size());
  check(archive_write_header(tar, entry.get()) == ARCHIVE_OK, archive_error_string(tar));
  if (!link && !folder) {
    auto written = archive_write_data(tar, file.content.data(), file.content.size());
    check(written == static_cast<la_ssize_t>(file.content.size()), "writing a file's content");
  }
}

la_ssize_t append(archive*, void* text, const void* bytes, size_t size) {
  static_cast<std::string*>(text)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

// As `docker save` calls its folders; what stands in it does not matter.
std::string id_of(const std::string& hex) { return digest_of("id of " + hex).text().substr(7); }

std::string hex_of(const std::string& bytes) { return std::string(digest_of(bytes).hex()); }

std::string default_history(size_t layers) {
  std::vector<std::string> entries(
      layers, R"({"created":"2024-06-01T10:00:00Z","created_by":"KIWI 9.24.43","author":"openEuler"})");
  return fmt::format("[{}]", fmt::join(entries, ","));
}

std::string make_config(const ArchiveRecipe& recipe, std::vector<std::string> diff_ids) {
  for (size_t i = 0; i < recipe.stated_diff_ids.size(); ++i) diff_ids[i] = recipe.stated_diff_ids[i];
  for (std::string& diff_id : diff_ids) diff_id = fmt::format("\"{}\"", diff_id);
  Platform stated = recipe.stated_platform.value_or(recipe.platform);
  std::string created = recipe.created.empty() ? "" : fmt::format(R"("created":"{}",)", recipe.created);
  std::string variant = stated.variant.empty() ? "" : fmt::format(R"("variant":"{}",)", stated.variant);
  std::string history = recipe.history.empty() ? default_history(diff_ids.size()) : recipe.history;
  return fmt::format(
      R"({{{}{}"architecture":"{}",{}"os":"{}","config":{},"rootfs":{{"type":"layers","diff_ids":[{}]}},"history":{}}})",
      created, recipe.extra, stated.architecture, variant, stated.os, recipe.run, fmt::join(diff_ids, ","),
      history);
}

// Names of the layers as manifest.json lists them, and the members that hold them.
std::vector<std::string> add_layers(const ArchiveRecipe& recipe, const std::vector<std::string>& tars,
                                    MadeFiles& members) {
  std::vector<std::string> names;
  std::set<std::string> added;
  auto add = [&](MadeFile file) {
    if (added.insert(file.path).second) members.push_back(std::move(file));
  };
  for (const std::string& tar : tars) {
    std::string hex = hex_of(tar);
    std::string id = id_of(hex);
    switch (recipe.form) {
      case ArchiveRecipe::Form::skopeo:
        add({.path = hex + ".tar", .content = tar});
        add({.path = id + "/layer.tar", .link = "../" + hex + ".tar"});
        names.push_back(hex + ".tar");
        break;
      case ArchiveRecipe::Form::docker_save:
        add({.path = id + "/", .content = ""});
        add({.path = id + "/layer.tar", .content = tar});
        names.push_back(id + "/layer.tar");
        break;
      case ArchiveRecipe::Form::docker_save_25:
        add({.path = "blobs/sha256/" + hex, .content = tar});
        names.push_back("blobs/sha256/" + hex);
        break;
    }
    if (recipe.form == ArchiveRecipe::Form::docker_save_25) continue;
    add({.path = id + "/VERSION", .content = "1.0"});
    add({.path = id + "/json", .content = fmt::format(R"({{"id":"{}"}})", id)});
  }
  return names;
}

}  // namespace

std::string make_tar(const MadeFiles& files) {
  std::string bytes;
  std::unique_ptr<archive, decltype(&archive_write_free)> tar(archive_write_new(), &archive_write_free);
  archive_write_set_format_pax_restricted(tar.get());
  archive_write_set_bytes_per_block(tar.get(), 10240);
  check(archive_write_open(tar.get(), &bytes, nullptr, &append, nullptr) == ARCHIVE_OK, "opening a tar");
  for (const MadeFile& file : files) write_file(tar.get(), file);
  check(archive_write_close(tar.get()) == ARCHIVE_OK, "closing a tar");
  return bytes;
}

std::string elf_head(const Platform& platform) {
  static const std::map<std::string, uint16_t> machines{
      {"amd64", 62}, {"arm64", 183}, {"loong64", 258}, {"riscv64", 243}, {"386", 3}};
  std::string head(64, '\0');
  head.replace(0, 7,
               "\x7f"
               "ELF\x02\x01\x01");
  uint16_t machine = machines.at(platform.architecture);
  head[16] = 3;
  head[18] = static_cast<char>(machine & 0xff);
  head[19] = static_cast<char>(machine >> 8);
  return head;
}

std::string os_version_of(const std::string& version) {
  size_t dash = version.find('-');
  if (dash == version.npos) return version;
  return version.substr(0, dash) + " (" + version.substr(dash + 1) + ")";
}

MadeFiles small_root(const Platform& platform, const std::string& os_version) {
  std::string number = os_version.substr(0, os_version.find(' '));
  std::string os_release = fmt::format(
      "NAME=\"openEuler\"\nVERSION=\"{0}\"\nID=\"openEuler\"\nVERSION_ID=\"{1}\"\nPRETTY_NAME=\"openEuler "
      "{0}\"\n",
      os_version, number);
  std::string bashrc =
      "# /etc/bashrc\n[ -z \"$PS1\" ] && return\numask 0022\nexport TMOUT=300\n# MYTMOUT=5 stays\n";
  return {
      {.path = "./"},
      {.path = "./bin", .link = "usr/bin"},
      {.path = "./etc/", .mode = 0755, .mtime = 1700000000},
      {.path = "./etc/bashrc", .content = bashrc, .mode = 0640, .uid = 0, .gid = 7},
      {.path = "./etc/localtime", .link = "../usr/share/zoneinfo/Asia/Shanghai"},
      {.path = "./etc/os-release", .link = "../usr/lib/os-release"},
      {.path = "./etc/passwd", .content = "root:x:0:0:root:/root:/bin/bash\n"},
      {.path = "./usr/"},
      {.path = "./usr/bin/"},
      {.path = "./usr/bin/bash", .content = elf_head(platform), .mode = 0755},
      {.path = "./usr/bin/sh", .link = "bash"},
      {.path = "./usr/lib/"},
      {.path = "./usr/lib/os-release", .content = os_release},
      {.path = "./usr/share/"},
      {.path = "./usr/share/zoneinfo/"},
      {.path = "./usr/share/zoneinfo/Asia/"},
      {.path = "./usr/share/zoneinfo/Asia/Shanghai", .content = "TZif Shanghai"},
      {.path = "./usr/share/zoneinfo/UTC", .content = "TZif UTC"},
  };
}

std::string xz(const std::string& bytes, uint64_t block) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (block == 0) {
    check(lzma_easy_encoder(&stream, 0, LZMA_CHECK_CRC64) == LZMA_OK, "starting xz");
  } else {
    lzma_mt options{};
    options.threads = 1;
    options.block_size = block;
    options.preset = 0;
    options.check = LZMA_CHECK_CRC64;
    check(lzma_stream_encoder_mt(&stream, &options) == LZMA_OK, "starting xz");
  }
  std::string packed;
  std::string room(1 << 16, '\0');
  stream.next_in = reinterpret_cast<const uint8_t*>(bytes.data());
  stream.avail_in = bytes.size();
  lzma_ret code = LZMA_OK;
  while (code == LZMA_OK) {
    stream.next_out = reinterpret_cast<uint8_t*>(room.data());
    stream.avail_out = room.size();
    code = lzma_code(&stream, LZMA_FINISH);
    packed.append(room, 0, room.size() - stream.avail_out);
  }
  lzma_end(&stream);
  check(code == LZMA_STREAM_END, "finishing xz");
  return packed;
}

MadeFiles make_members(const ArchiveRecipe& recipe) {
  std::vector<std::string> tars = recipe.layer_tars;
  if (tars.empty())
    for (const MadeFiles& layer : recipe.layers) tars.push_back(make_tar(layer));
  std::vector<std::string> diff_ids;
  for (const std::string& tar : tars) diff_ids.push_back(digest_of(tar).text());
  std::string config = make_config(recipe, diff_ids);
  bool blobs = recipe.form == ArchiveRecipe::Form::docker_save_25;
  std::string config_name = blobs ? "blobs/sha256/" + hex_of(config) : hex_of(config) + ".json";

  MadeFiles members;
  std::vector<std::string> layers = add_layers(recipe, tars, members);
  for (std::string& layer : layers) layer = fmt::format("\"{}\"", layer);
  members.push_back({.path = config_name, .content = config});
  MadeFile manifest{
      .path = "manifest.json",
      .content = fmt::format(R"([{{"Config":"{}","RepoTags":["openeuler:latest"],"Layers":[{}]}}])",
                             config_name, fmt::join(layers, ","))};
  if (blobs) {
    members.push_back({.path = "oci-layout", .content = R"({"imageLayoutVersion":"1.0.0"})"});
    members.push_back({.path = "index.json", .content = R"({"schemaVersion":2,"manifests":[]})"});
  } else {
    members.push_back({.path = "repositories", .content = R"({"openeuler":{"latest":"0"}})"});
  }
  members.insert(recipe.manifest_first ? members.begin() : members.end(), manifest);
  return members;
}

ArchiveRecipe small_archive(const Platform& platform, const std::string& version) {
  ArchiveRecipe recipe;
  recipe.platform = platform;
  recipe.layers = {small_root(platform, os_version_of(version))};
  return recipe;
}

std::string make_archive(const ArchiveRecipe& recipe) {
  MadeFiles members = make_members(recipe);
  if (recipe.twist) recipe.twist(members);
  return xz(make_tar(members), recipe.xz_block);
}

std::string checksum_line(const std::string& archive, const std::string& file_name) {
  return hex_of(archive) + "  " + file_name + "\n";
}

}  // namespace eulerpublisher::test
