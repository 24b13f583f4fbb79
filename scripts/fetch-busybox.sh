#!/usr/bin/env bash
# Fetches Debian's (or openEuler's) static busybox for other architectures without touching the system's package
# state: it has package lists of its own, made from the system's sources, in the folder it writes to.
#
#   scripts/fetch-busybox.sh FOLDER ARCH...      FOLDER/ARCH/busybox for each of amd64, arm64 …
#
# What is there already is not fetched again.
set -euo pipefail
# shellcheck source=scripts/apt.sh
. "$(dirname "$0")/apt.sh"

if [ $# -lt 2 ]; then
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift

wanted=()
for arch in "$@"; do
  [ -x "$folder/$arch/busybox" ] || wanted+=("$arch")
done
[ ${#wanted[@]} -gt 0 ] || exit 0

work=$(mktemp -d "$folder/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

fetch_with_apt() {
  local arch
  use_apt_within "$work" "${wanted[@]}"
  # A source that has nothing for an architecture makes the update fail; what counts is whether busybox is found.
  apt-get update -qq >"$work/log" 2>&1 || true
  cd "$work"
  for arch in "${wanted[@]}"; do
    if ! apt-get download -qq "busybox-static:$arch" >>"$work/log" 2>&1; then
      cat "$work/log" >&2
      echo "fetch-busybox.sh: the system's package sources gave no busybox-static for $arch; apt's words stand above." >&2
      return 1
    fi
    dpkg-deb -x busybox-static_*_"$arch".deb "$work/$arch"
  done
}

fetch_with_dnf() {
  local arch machine package
  for arch in "${wanted[@]}"; do
    case $arch in
      amd64) machine=x86_64 ;;
      arm64) machine=aarch64 ;;
      loong64) machine=loongarch64 ;;
      *) machine=$arch ;;
    esac
    if ! dnf -q download --forcearch "$machine" --destdir "$work/$arch" busybox >"$work/log" 2>&1; then
      cat "$work/log" >&2
      echo "fetch-busybox.sh: dnf gave no busybox for $machine (it needs dnf-plugins-core); its words stand above." >&2
      return 1
    fi
    package=$(find "$work/$arch" -name 'busybox-[0-9]*.rpm' | head -n 1)
    (cd "$work/$arch" && rpm2cpio "$package" | cpio -idm --quiet)
  done
}

if command -v apt-get >/dev/null; then fetch_with_apt; else fetch_with_dnf; fi
for arch in "${wanted[@]}"; do
  for binary in "$work/$arch"/{,usr/}{bin,sbin}/busybox; do
    [ ! -f "$binary" ] || break
  done
  mkdir -p "$folder/$arch"
  install -m 755 "$binary" "$folder/$arch/.busybox.$$"
  mv -f "$folder/$arch/.busybox.$$" "$folder/$arch/busybox"
done
