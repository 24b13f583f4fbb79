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
#   changed/          amd64 as in mixed/, arm64 with one more file
#   versions/         24 small releases, their list and a policy that knows them
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

# The archive of amd64 is the same in all of them.
with_amd64_of_mixed() {  # KIND
  local folder=openEuler-$version/docker_img/x86_64
  rm -rf "${cache:?}/$1"
  mkdir -p "$cache/$1/$folder"
  cp -al "$cache/mixed/$folder/." "$cache/$1/$folder"
}

# Where arm64 has changed: the same root file system, and a file.
make_changed() {
  local root=$cache/roots/changed
  rm -rf "$root"
  mkdir -p "$root"
  cp -al "$cache/roots/arm64" "$root/arm64"
  echo "changed" >"$root/arm64/etc/changed"
  scripts/make-release.sh "$cache/changed" "$version" --root "$root" --arch arm64 --blocks many
  rm -rf "$root"
}

make_versions() {
  local one
  mkdir -p "$cache/versions"
  printf '%s\n' 20.03-LTS{,-SP1,-SP2,-SP3,-SP4} 20.09 21.03 21.09 22.03-LTS{,-SP1,-SP2,-SP3,-SP4} 22.09 23.03 23.09 \
    24.03-LTS{,-SP1,-SP2,-SP3} 24.09 25.03 25.09 26.03-LTS >"$cache/versions/list"
  while read -r one; do scripts/make-release.sh "$cache/versions" "$one"; done <"$cache/versions/list"
  { echo 'versions:' && sed 's/.*/  "&": []/' "$cache/versions/list"; } >"$cache/versions/policy.yaml"
}

missing=''
for kind in mixed single changed versions; do [ -e "$cache/$kind/done" ] || missing+=" $kind"; done
if [ -n "$missing" ]; then
  # shellcheck source=scripts/packages.sh
  . scripts/packages.sh
  install_packages bench >&2
  [ "$(id -u)" = 0 ] || { echo "bench: debootstrap needs root: run bench/make-release.sh as root once." >&2; exit 1; }
  trap forget_arm64 EXIT
  if [ "$missing" != " versions" ]; then
    let_arm64_run
    make_root amd64
    make_root arm64
  fi
  for kind in $missing; do
    echo "bench: making the archives of $kind/" >&2
    case $kind in
      mixed) scripts/make-release.sh "$cache/mixed" "$version" --root "$cache/roots" --blocks mixed ;;
      single)
        with_amd64_of_mixed single
        scripts/make-release.sh "$cache/single" "$version" --root "$cache/roots" --arch arm64 --blocks one
        ;;
      changed)
        with_amd64_of_mixed changed
        make_changed
        ;;
      versions) make_versions ;;
    esac
    touch "$cache/$kind/done"
  done
fi
echo "$cache"
