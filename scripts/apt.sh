#!/usr/bin/env bash
# For scripts that fetch packages without installing them: an apt that never touches the system's package state.
#
#   source scripts/apt.sh; use_apt_within FOLDER ARCH...   from here on apt-get keeps its lists and files in FOLDER
#
# It takes the system's sources; a folder in which sources.list was written before has these instead.

use_apt_within() {
  local work=$1 first=$2
  shift
  mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
  : >"$work/status"
  cat >"$work/apt.conf" <<CONF
Dir::State "$work/state";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
APT::Architecture "$first";
APT::Architectures { $(printf '"%s"; ' "$@")};
APT::Sandbox::User "";
APT::Update::Post-Invoke-Success "";
CONF
  if [ -e "$work/sources.list" ]; then
    printf 'Dir::Etc::sourcelist "%s";\nDir::Etc::sourceparts "/dev/null";\n' "$work/sources.list" >>"$work/apt.conf"
  fi
  export APT_CONFIG=$work/apt.conf
}
