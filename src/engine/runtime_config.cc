#include "engine/runtime_config.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>

namespace eulerpublisher {
namespace {

using Json = nlohmann::ordered_json;

constexpr uint64_t account_limit = 1 << 20;  // of passwd and group, bytes

std::optional<uint32_t> number(std::string_view text) {
  uint32_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream text(line);
  for (std::string field; std::getline(text, field, ':');) fields.push_back(field);
  return fields;
}

// The line of passwd(5) or group(5) whose first field is `name`, or whose third is that number.
std::optional<std::vector<std::string>> line_of(const std::string& file, const std::string& name) {
  std::istringstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    auto fields = fields_of(line);
    if (fields.size() >= 3 && (fields[0] == name || fields[2] == name)) return fields;
  }
  return std::nullopt;
}

// `user`, `uid`, `user:group`, `uid:gid` (OCI image-spec, config.md, User).
Done find_user(const std::string& wanted, const RootFolder& root, Start& start) {
  if (wanted.empty()) return {};
  size_t colon = wanted.find(':');
  std::string user = wanted.substr(0, colon), group = colon == wanted.npos ? "" : wanted.substr(colon + 1);
  std::string accounts = TRY(root.read("etc/passwd", account_limit)).value_or("");
  auto line = line_of(accounts, user);
  auto uid = number(line ? (*line)[2] : user);
  if (!uid) return invalid("the image wants to run as '{}', whom its /etc/passwd does not know", user);
  start.uid = *uid;
  if (line && line->size() >= 4) start.gid = number((*line)[3]).value_or(0);
  if (group.empty()) return {};
  std::string groups = TRY(root.read("etc/group", account_limit)).value_or("");
  auto group_line = line_of(groups, group);
  auto gid = number(group_line ? (*group_line)[2] : group);
  if (!gid) return invalid("the image wants the group '{}', which its /etc/group does not know", group);
  start.gid = *gid;
  return {};
}

Json mounts(const RunTerms& terms, const std::filesystem::path& hosts) {
  auto mount = [](const char* where, const char* type, std::vector<std::string> options) {
    return Json{{"destination", where}, {"type", type}, {"source", type}, {"options", std::move(options)}};
  };
  auto file = [](const char* where, const std::string& from) {
    return Json{{"destination", where}, {"type", "bind"}, {"source", from}, {"options", {"bind", "ro"}}};
  };
  Json all = Json::array(
      {mount("/proc", "proc", {"nosuid", "noexec", "nodev"}),
       mount("/dev", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
       mount("/dev/pts", "devpts", {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"}),
       mount("/dev/shm", "tmpfs", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}),
       file("/etc/hosts", hosts.string())});
  if (terms.network && access("/etc/resolv.conf", R_OK) == 0)
    all.push_back(file("/etc/resolv.conf", "/etc/resolv.conf"));
  return all;
}

Json linux_part(const RunTerms& terms) {
  Json namespaces = Json::array();
  for (const char* type : {"pid", "ipc", "uts", "mount"}) namespaces.push_back(Json{{"type", type}});
  if (!terms.network) namespaces.push_back(Json{{"type", "network"}});
  Json part{{"maskedPaths",
             {"/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
              "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"}},
            {"readonlyPaths",
             {"/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}}};
  if (geteuid() == 0) {
    part["resources"] = {{"devices", Json::array({Json{{"allow", false}, {"access", "rwm"}}})}};
  } else {
    namespaces.push_back(Json{{"type", "user"}});
    part["uidMappings"] = Json::array({Json{{"containerID", 0}, {"hostID", geteuid()}, {"size", 1}}});
    part["gidMappings"] = Json::array({Json{{"containerID", 0}, {"hostID", getegid()}, {"size", 1}}});
  }
  part["namespaces"] = std::move(namespaces);
  return part;
}

}  // namespace

Result<Start> start_of(const ImageToRun& image, const RootFolder& root, const std::vector<std::string>& argv,
                       const RunTerms& terms) {
  Start start;
  start.argv = argv;
  if (argv.empty()) {
    start.argv = image.config->entrypoint;
    start.argv.insert(start.argv.end(), image.config->cmd.begin(), image.config->cmd.end());
  }
  if (start.argv.empty())
    return invalid("the image says nothing about what it runs (neither Entrypoint nor Cmd)");
  start.env["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  start.env["HOME"] = "/root";
  if (terms.terminal) start.env["TERM"] = "xterm";
  for (const std::string& setting : image.config->env)
    if (size_t equals = setting.find('='); equals != setting.npos)
      start.env[setting.substr(0, equals)] = setting.substr(equals + 1);
  for (const auto& [name, value] : terms.env) start.env[name] = value;
  Json config = Json::parse(image.config.bytes(), nullptr, false);
  if (config.is_object() && config.contains("config") && config["config"].is_object()) {
    auto folder = config["config"].find("WorkingDir");
    if (folder != config["config"].end() && folder->is_string()) start.folder = folder->get<std::string>();
  }
  if (!start.folder.starts_with('/')) start.folder.insert(0, "/");
  if (!terms.as_root) TRY(find_user(image.config->user, root, start));
  return start;
}

std::string runtime_config(const Start& start, const RunTerms& terms, const std::string& host_name,
                           const std::filesystem::path& hosts) {
  std::vector<std::string> env;
  for (const auto& [name, value] : start.env) env.push_back(name + "=" + value);
  // As docker gives them, without CAP_MKNOD.
  Json capabilities{"CAP_CHOWN",  "CAP_DAC_OVERRIDE", "CAP_FSETID",     "CAP_FOWNER",  "CAP_NET_RAW",
                    "CAP_SETGID", "CAP_SETUID",       "CAP_SETFCAP",    "CAP_SETPCAP", "CAP_NET_BIND_SERVICE",
                    "CAP_KILL",   "CAP_SYS_CHROOT",   "CAP_AUDIT_WRITE"};
  Json held = start.uid == 0 ? capabilities : Json::array();
  Json config{{"ociVersion", "1.0.2"},
              {"process",
               {{"terminal", terms.terminal},
                {"user", {{"uid", start.uid}, {"gid", start.gid}}},
                {"args", start.argv},
                {"env", env},
                {"cwd", start.folder},
                {"capabilities", {{"bounding", capabilities}, {"effective", held}, {"permitted", held}}}}},
              {"root", {{"path", "rootfs"}, {"readonly", false}}},
              {"hostname", host_name},
              {"mounts", mounts(terms, hosts)},
              {"linux", linux_part(terms)}};
  return config.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace eulerpublisher
