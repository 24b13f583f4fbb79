#!/usr/bin/env bash
# Fetches Docker's buildx, and a dockerd whose BuildKit can export what buildx asks for, without installing anything
# and without touching the system's package state.  Debian 12 has no buildx; the release after it has, and its
# programs run here.
#
#   scripts/fetch-buildx.sh FOLDER      FOLDER/bin/{docker,dockerd,containerd …}, FOLDER/cli-plugins/docker-buildx
#
# What is there already is not fetched again.
set -euo pipefail
# shellcheck source=scripts/apt.sh
. "$(dirname "$0")/apt.sh"

if [ $# -ne 1 ]; then
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
[ ! -x "$folder/cli-plugins/docker-buildx" ] || exit 0
command -v apt-get >/dev/null || { echo "fetch-buildx.sh: it takes Debian's packages, with apt-get." >&2; exit 1; }

work=$(mktemp -d "$folder/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
release=trixie keys=/usr/share/keyrings/debian-archive-keyring.gpg

# From where the system has Debian 12 itself.
architecture=$(dpkg --print-architecture)
use_apt_within "$work/system" "$architecture"
apt-get update >"$work/log" 2>&1 || true
apt-get indextargets --format "\$(RELEASE) deb [signed-by=$keys] \$(REPO_URI) $release main" |
  sed -n 's/^bookworm //p' | sort -u >"$work/sources.list"
if [ ! -s "$work/sources.list" ]; then
  cat "$work/log" >&2
  echo "fetch-buildx.sh: no source of packages here is Debian 12's; apt's words stand above." >&2
  exit 1
fi
use_apt_within "$work" "$architecture"
cd "$work"
if ! { apt-get update && apt-get download docker.io docker-cli docker-buildx containerd; } >"$work/log" 2>&1; then
  cat "$work/log" >&2
  echo "fetch-buildx.sh: the source of Debian 12 gave no packages of $release; apt's words stand above." >&2
  exit 1
fi
for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
mkdir -p "$folder/bin" "$folder/cli-plugins"
mv -f "$work"/root/usr/{bin/docker,sbin/dockerd,bin/containerd,bin/containerd-shim-runc-v2} "$folder/bin"
# The plugin last: that it is there says that all is.
mv -f "$work/root/usr/libexec/docker/cli-plugins/docker-buildx" "$folder/cli-plugins"
