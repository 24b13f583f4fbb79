#!/usr/bin/env bash
# Measures publishing beside the floor (bench/floor.cc) and beside its peers, all in the same run, and prints a report
# in Markdown; the same goes to build/bench/performance.md.
#
#   bench/run.sh              five rounds of everything, then the parts and five times the 2 GiB archive: three quarters of an
#                             hour
#   bench/run.sh --quick      one round of our own rows: a look, about a minute once the input is there
#   bench/run.sh --rounds N   so many rounds, and nothing after them
#   bench/run.sh --large      the 2 GiB archive alone, once;  --parts: the parts alone
#   bench/run.sh --more       (with any of these) adds to what was measured before, for a machine that is quiet only
#                             now and then
#   bench/run.sh --prepare    makes the input and builds, without measuring;  --prepared: measures, without either
#
# Everything is local: nginx serves the archives, docker-registry takes the images, each run into storage of its own
# in memory (BENCH_MEMORY, default /dev/shm), because what a server's disk takes is not what is asked here.  Our own
# store lies on the disk, in build/bench.  EP_PROGRAM=… measures another build of the program.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=5 peers=yes slow=yes parts=yes large=yes more='' prepare_only='' prepared=''
only() { rounds=$1 peers=$2 slow=$2 parts=$3 large=$4; }
while [ $# -gt 0 ]; do
  case $1 in
    --quick) only 1 '' '' '' ;;
    --rounds)
      only "${2:?}" yes '' ''
      shift
      ;;
    --large) only 0 '' '' yes ;;
    --parts) only 0 '' yes '' ;;
    --more) more=yes ;;
    --prepare) prepare_only=yes ;;
    --prepared) prepared=yes ;;
    *)
      sed -n '2,18s/^# \{0,1\}//p' "$0" >&2
      exit 2
      ;;
  esac
  shift
done

# shellcheck source=scripts/packages.sh
. scripts/packages.sh
# shellcheck source=scripts/servers.sh
. scripts/servers.sh
[ -n "$prepared" ] || install_packages build bench >&2
# What is measured is the way of the bytes; running the image takes as long as its programs take.
export EULERPUBLISHER_ENGINE=none
bench=$PWD/build/bench build=$PWD/build-bench
version=24.03-LTS-SP1 repository=openeuler/openeuler
archives=openEuler-$version/docker_img
x86=$archives/x86_64/openEuler-docker.x86_64.tar.xz
arm=$archives/aarch64/openEuler-docker.aarch64.tar.xz

# The tools, the program, the input -----------------------------------------------------------------------------------

program=${EP_PROGRAM:-$build/eulerpublisher}
tools=$build/bench
cache=${BENCH_CACHE:-$bench}
make_all() {
  local targets=(floor measure throttle light_registry parts large)
  [ -n "${EP_PROGRAM:-}" ] || targets+=(eulerpublisher)
  mkdir -p "$bench"
  # The same options as scripts/test.sh has, and as deep a folder: what that compiled, ccache still has.
  export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=$PWD
  cmake -S . -B "$build" -G Ninja -DEP_BENCH=ON -DEP_WERROR=ON -DCMAKE_CXX_COMPILER=g++ >"$bench/configure.log" 2>&1 ||
    { cat "$bench/configure.log" >&2; exit 1; }
  cmake --build "$build" --target "${targets[@]}" >&2
  bench/make-release.sh >/dev/null
  [ -z "$large" ] || bench/make-large.sh "$tools/large" "$version"
}
[ -n "$prepared" ] || make_all
[ -z "$prepare_only" ] || exit 0

# Where things lie ----------------------------------------------------------------------------------------------------

results=$bench/results work=$bench/run
[ -n "$more" ] || rm -rf "$results"
rm -rf "$work"
mkdir -p "$results/times" "$results/floors" "$work"
memory=$(mktemp -d "${BENCH_MEMORY:-/dev/shm}/ep-bench.XXXXXX")
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_RUNTIME_DIR=$work/run DOCKER_CONFIG=$work/docker
mkdir -p "$XDG_RUNTIME_DIR"
unset LOGIN_USERNAME LOGIN_PASSWORD EP_LOGIN_FILE REGISTRY_AUTH_FILE
clean_up() {
  stop_servers
  ! mountpoint -q "$work/large-store" || umount "$work/large-store"
  rm -rf "$memory"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start_site "$work/nginx" "$cache"
site_pid=$server_pid

# shellcheck source=bench/rows.sh
. bench/rows.sh

for i in $(seq "$rounds"); do
  echo "bench: round $i of $rounds" >&2
  measure_floor
  measure_ours
  measure_light
  [ -z "$slow" ] || measure_slow
  [ -z "$peers" ] || measure_peers
done
[ -z "$parts" ] || measure_parts
[ -z "$large" ] || for _ in $(seq $((rounds > 0 ? rounds : 1))); do measure_large; done
note_machine

bench/report.sh "$results" | tee "$bench/performance.md"
