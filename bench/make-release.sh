#!/usr/bin/env bash
# Makes the release that the benchmarks publish: Debian's minbase with python3-minimal for amd64 and arm64, about as
# large and as varied as openEuler's base images (225 to 250 MB unpacked), marked as openEuler.
#
#   bench/make-release.sh            prints the folder of the release repository
#
# It takes some minutes and root (debootstrap; arm64 through qemu), and is kept in $BENCH_CACHE (default build/bench):
#   roots/ARCH        the root file systems
#   mixed/            amd64 as one xz block, arm64 as many: what the release side has published over the years
#   single/           both as one block
set -euo pipefail
cd "$(dirname "$0")/.."

cache=${BENCH_CACHE:-$PWD/build/bench}
version=24.03-LTS-SP1
mkdir -p "$cache"

# Where this machine gets its packages from, so that nothing needs to be configured twice.
mirror() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Identifier: Packages' 'Codename: bookworm' | awk '{ print $1; exit }'
}

# shellcheck source=scripts/foreign.sh
. scripts/foreign.sh

make_root() {  # ARCH
  local root=$cache/roots/$1
  [ ! -e "$root/etc/openEuler-release" ] || return 0
  echo "bench: making a root file system for $1 (minutes, once)" >&2
  rm -rf "$root"
  mkdir -p "$root"
  if ! debootstrap --arch="$1" --variant=minbase --include=python3-minimal bookworm "$root" "$(mirror)" >"$cache/debootstrap-$1.log" 2>&1; then
    tail -n 20 "$cache/debootstrap-$1.log" >&2
    echo "bench: debootstrap failed for $1; its last words stand above." >&2
    exit 1
  fi
  # As debootstrap leaves it, package lists and cache included: that makes it as large as openEuler's.
  find "$root/dev" -mindepth 1 -delete
  scripts/make-root.sh "$root" "$version" "$1"
  echo "openEuler release 24.03 (LTS-SP1)" >"$root/etc/openEuler-release"
}

if [ ! -e "$cache/mixed/done" ] || [ ! -e "$cache/single/done" ]; then
  # shellcheck source=scripts/packages.sh
  . scripts/packages.sh
  install_packages bench >&2
  [ "$(id -u)" = 0 ] || { echo "bench: debootstrap needs root: run bench/make-release.sh as root once." >&2; exit 1; }
  trap forget_arm64 EXIT
  let_arm64_run
  make_root amd64
  make_root arm64
  for kind in mixed single; do
    [ ! -e "$cache/$kind/done" ] || continue
    blocks=one
    [ "$kind" != mixed ] || blocks=mixed
    echo "bench: compressing the archives of $kind/" >&2
    scripts/make-release.sh "$cache/$kind" "$version" --root "$cache/roots" --blocks "$blocks"
    touch "$cache/$kind/done"
  done
fi
echo "$cache"
