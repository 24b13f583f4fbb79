#include "policy/check_rules.h"

#include <algorithm>
#include <array>

namespace eulerpublisher {
namespace {

constexpr std::array checks{
    KnownCheck{.name = "public"},
    KnownCheck{.name = "tags"},
    KnownCheck{.name = "platforms"},
    KnownCheck{.name = "media-types"},
    KnownCheck{.name = "blobs"},
    KnownCheck{.name = "layers"},
    KnownCheck{.name = "configuration"},
    KnownCheck{.name = "annotations"},
    KnownCheck{.name = "creation"},
    KnownCheck{.name = "os-release"},
    KnownCheck{.name = "architecture"},
    KnownCheck{.name = "package-architectures"},
    KnownCheck{.name = "rpm-database", .required = true},
    KnownCheck{.name = "packages", .expected = true},
    KnownCheck{.name = "signatures", .allowed = true},
    KnownCheck{.name = "accounts", .allowed = true},
    KnownCheck{.name = "identity", .allowed = true},
    KnownCheck{.name = "left-behind", .allowed = true},
    KnownCheck{.name = "privileges", .allowed = true},
    KnownCheck{.name = "devices", .allowed = true},
    KnownCheck{.name = "unsafe-names"},
    KnownCheck{.name = "world-writable", .allowed = true},
    KnownCheck{.name = "duplicates", .allowed = true},
    KnownCheck{.name = "file-names"},
    KnownCheck{.name = "dangling-links", .allowed = true},
    KnownCheck{.name = "future-times", .allowed = true},
    KnownCheck{.name = "repositories", .allowed = true, .required = true},
    KnownCheck{.name = "ca-bundle", .required = true},
    KnownCheck{.name = "time-zone"},
    KnownCheck{.name = "tmout"},
    KnownCheck{.name = "size-growth", .limit = true},
    KnownCheck{.name = "packages-lost", .allowed = true},
    KnownCheck{.name = "secrets", .allowed = true},
    // These run the image.
    KnownCheck{.name = "starts"},
    KnownCheck{.name = "interactive"},
    KnownCheck{.name = "system"},
    KnownCheck{.name = "clock"},
    KnownCheck{.name = "locale"},
    KnownCheck{.name = "hosts"},
    KnownCheck{.name = "users"},
    KnownCheck{.name = "login-shell"},
    KnownCheck{.name = "rpm"},
    KnownCheck{.name = "package-manager"},
    KnownCheck{.name = "install", .expected = true},
    KnownCheck{.name = "scripts"},
};

constexpr std::array<std::string_view, 3> severities{"note", "warning", "blocker"};

bool covers(std::string_view pattern, std::string_view what) {
  if (pattern.ends_with('*')) return what.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == what;
}

}  // namespace

std::string_view name_of(Severity severity) { return severities[static_cast<size_t>(severity)]; }

std::optional<Severity> severity_from(std::string_view name) {
  auto found = std::ranges::find(severities, name);
  if (found == severities.end()) return std::nullopt;
  return static_cast<Severity>(found - severities.begin());
}

std::span<const KnownCheck> known_checks() { return checks; }

CheckRules CheckRules::built_in() {
  CheckRules rules;
  // What the packages of a base image install with setuid, setgid or capabilities.
  std::vector<std::string> privileged;
  for (const char* name :
       {"chage",   "chfn",  "chsh",      "crontab", "expiry",    "fusermount", "fusermount3",
        "gpasswd", "mount", "newgidmap", "newgrp",  "newuidmap", "passwd",     "ping",
        "pkexec",  "su",    "sudo",      "umount",  "wall",      "write"})
    privileged.push_back(std::string("/usr/bin/") + name);
  for (const char* name :
       {"arping", "clockdiff", "grub2-set-bootflag", "mount.nfs", "netreport", "pam_timestamp_check", "ping",
        "postdrop", "postqueue", "unix_chkpwd", "usernetctl"})
    privileged.push_back(std::string("/usr/sbin/") + name);
  privileged.insert(privileged.end(),
                    {"/usr/lib/polkit-1/polkit-agent-helper-1", "/usr/libexec/openssh/ssh-keysign",
                     "/usr/libexec/utempter/utempter", "/usr/libexec/dbus-1/dbus-daemon-launch-helper"});
  rules.set("privileges", {.allowed = std::move(privileged)});
  rules.set("packages", {.expected = {"bash", "coreutils", "glibc", "openEuler-release", "yum|dnf"}});
  rules.set("left-behind", {.allowed = {"/var/log/README", "/var/log/lastlog", "/var/log/faillog"}});
  // Links to what exists only while a system runs, or only in bigger ones.
  rules.set("dangling-links", {.allowed = {"/etc/systemd/*", "/etc/alternatives/*", "/etc/rc*"}});
  rules.set("repositories", {.allowed = {"repo.openeuler.org", "archives.openeuler.openatom.cn"}});
  return rules;
}

const CheckRule& CheckRules::of(std::string_view check) const {
  static const CheckRule none;
  auto found = rules_.find(check);
  return found == rules_.end() ? none : found->second;
}

bool CheckRules::allows(std::string_view check, std::string_view what) const {
  return std::ranges::any_of(of(check).allowed, [&](const std::string& one) { return covers(one, what); });
}

}  // namespace eulerpublisher
