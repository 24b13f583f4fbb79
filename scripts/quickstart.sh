#!/usr/bin/env bash
# From a fresh clone to a published image, on this machine alone: installs what is needed, builds, makes a small
# release repository, serves it over HTTP, starts a registry on loopback, and publishes into it and into a folder.
# Everything it makes lies in build/; everything it starts it ends.  It can be run again.
#
#   scripts/quickstart.sh
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/packages.sh
. scripts/packages.sh
# shellcheck source=scripts/servers.sh
. scripts/servers.sh

# A version that the built-in policy gives special tags.
version=22.03-LTS-SP1
repository=openeuler/openeuler
tag=${version,,}
work=$PWD/build/quickstart

bold='' plain=''
if [ -t 1 ]; then bold=$'\033[1m' plain=$'\033[0m'; fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
# Shows a command as one would type it, and runs it.
run() {
  printf '\n$ %s\n' "$*"
  "$@"
}

say "1. What is needed"
install_packages build quickstart

say "2. The program"
# What one of the build folders compiled, the others need not.
export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=$PWD
mkdir -p build
cmake -S . -B build -G Ninja >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
cmake --build build --target eulerpublisher
PATH=$PWD/build:$PATH

say "3. A release repository: busybox for amd64 and arm64, in the form of openEuler's"
rm -rf "$work"
mkdir -p "$work"
trap stop_servers EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
scripts/fetch-busybox.sh build/busybox amd64 arm64
scripts/make-release.sh "$work/site" "$version" --busybox build/busybox
start_site "$work/nginx" "$work/site"
run curl -sS "$site_url/openEuler-$version/docker_img/x86_64/"

say "4. Publishing"
# The store, the journal and the logins of whoever runs this stay out of it.
export XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state XDG_RUNTIME_DIR=$work/run DOCKER_CONFIG=$work/docker
# Quick: what runs the image for the checks that run it is left out, unless somebody names one.
export EULERPUBLISHER_ENGINE=${EULERPUBLISHER_ENGINE:-none}
mkdir -p "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
unset LOGIN_USERNAME LOGIN_PASSWORD EP_LOGIN_FILE REGISTRY_AUTH_FILE
# As it would be typed here: a path within the checkout.
targets=(-g oci:build/quickstart/image)
if find_program docker-registry registry >/dev/null; then
  start_registry "$work/registry"
  targets=(-g "$registry_address" "${targets[@]}")
else
  echo "There is no docker-registry here: publishing into the folder only."
fi
run eulerpublisher container publish -v "$version" -p "$repository" "${targets[@]}" --source "$site_url"

say "5. What is there now"
if [ -n "$registry_address" ]; then
  run curl -sS "http://$registry_address/v2/$repository/tags/list"
  if command -v skopeo >/dev/null; then
    run skopeo inspect --tls-verify=false --override-os linux --override-arch arm64 "docker://$registry_address/$repository:$tag"
  fi
fi
run jq -c '.manifests[]' build/quickstart/image/index.json
run eulerpublisher container status -p "$repository" "${targets[@]}" --source "$site_url"

say "6. Once more: there is nothing to do"
run eulerpublisher container publish -v "$version" -p "$repository" "${targets[@]}" --source "$site_url"

say "Done."
echo "The image lies in build/quickstart/image; the servers are ended."
