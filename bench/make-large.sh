#!/usr/bin/env bash
# Makes the large archive, once: 8 GiB of generated files for amd64 in about 2 GiB of xz, and arm64 as in mixed/.
#
#   bench/make-large.sh GENERATOR VERSION
#
# GENERATOR is built out of bench/large.cc.  The result lies in $BENCH_CACHE/large (default build/bench/large).
set -euo pipefail
cd "$(dirname "$0")/.."

generator=$1 version=$2
cache=${BENCH_CACHE:-$PWD/build/bench}
archives=openEuler-$version/docker_img
[ ! -e "$cache/large/done" ] || exit 0
echo "bench: making the large archive (minutes, once)" >&2
rm -rf "$cache/large"
mkdir -p "$cache/large/$archives/x86_64" "$cache/large/$archives/aarch64"
cp -al "$cache/mixed/$archives/aarch64/." "$cache/large/$archives/aarch64"
cd "$cache/large/$archives/x86_64"
# Quickly, but with the dictionary that release archives have: what unpacking needs of memory is that.
"$generator" 8192 amd64 "$version" | xz -T0 --lzma2=preset=0,dict=8MiB >openEuler-docker.x86_64.tar.xz
sha256sum openEuler-docker.x86_64.tar.xz >openEuler-docker.x86_64.tar.xz.sha256sum
touch "$cache/large/done"
