#!/usr/bin/env bash
# Measures a publish beside the floor (bench/floor.cc) and beside its peers, all in the same run, and prints a
# Markdown table; the same goes to build/bench/result.md.
#
#   bench/run.sh              medians of five
#   bench/run.sh --quick      medians of three, the peers once: a look
#   bench/run.sh --runs N
#
# Everything is local: nginx serves the archives, docker-registry takes the images, each run into storage of its own.
# EP_PROGRAM=… measures another build of the program.  A busy machine shows in the table's load figure.
set -euo pipefail
cd "$(dirname "$0")/.."

runs=5 peer_runs=5
while [ $# -gt 0 ]; do
  case $1 in
    --quick) runs=3 peer_runs=1 ;;
    --runs)
      runs=${2:?} peer_runs=$2
      shift
      ;;
    *)
      sed -n '2,10s/^# \{0,1\}//p' "$0" >&2
      exit 2
      ;;
  esac
  shift
done

# shellcheck source=scripts/packages.sh
. scripts/packages.sh
# shellcheck source=scripts/servers.sh
. scripts/servers.sh
install_packages build bench >&2
bench=$PWD/build/bench
cache=$(bench/make-release.sh)
work=$bench/run
rm -rf "$work"
mkdir -p "$work/times"

cmake -S . -B "$bench/build" -G Ninja -DEP_BENCH=ON >"$bench/configure.log" 2>&1 ||
  { cat "$bench/configure.log" >&2; exit 1; }
cmake --build "$bench/build" --target floor measure >&2
program=${EP_PROGRAM:-}
if [ -z "$program" ]; then
  cmake --build "$bench/build" --target eulerpublisher >&2
  program=$bench/build/eulerpublisher
fi
measure=$bench/build/bench/measure

export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_RUNTIME_DIR=$work/run DOCKER_CONFIG=$work/docker
mkdir -p "$XDG_RUNTIME_DIR"
unset LOGIN_USERNAME LOGIN_PASSWORD EP_LOGIN_FILE REGISTRY_AUTH_FILE
trap stop_servers EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

version=24.03-LTS-SP1 repository=openeuler/openeuler
archives=openEuler-$version/docker_img
x86=$archives/x86_64/openEuler-docker.x86_64.tar.xz
arm=$archives/aarch64/openEuler-docker.aarch64.tar.xz
start_site "$work/nginx" "$cache"

# Registries with empty storage, in place of the last ones.
registry_pids=()
registries=()
fresh_registries() {  # COUNT
  local pid i
  for pid in "${registry_pids[@]}"; do stop_server "$pid"; done
  registry_pids=() registries=()
  rm -rf "$work/registries"
  for i in $(seq "$1"); do
    start_registry "$work/registries/$i"
    registry_pids+=("$server_pid")
    registries+=("$registry_address")
  done
}

timed() {  # NAME COMMAND...
  local name=$1
  shift
  sync -f "$work"
  if ! "$measure" "$work/times/$name" "$@" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    echo "bench: $name failed: $*" >&2
    exit 1
  fi
}

publish() {  # NAME STORE SOURCE [OPTION...]
  local name=$1 store=$2 source=$3 registry targets=()
  shift 3
  for registry in "${registries[@]}"; do targets+=(-g "$registry"); done
  timed "$name" "$program" container publish -v "$version" -p "$repository" "${targets[@]}" \
    --store "$store" --source "$source" --progress none "$@"
}

new_store() { rm -rf "$work/store" "$work/state"; }
archives_fetched() { grep -c 'GET [^ ]*\.tar\.xz HTTP' "$work/nginx/access.log" || true; }

ours() {
  local before
  timed help "$program" --help
  timed tags "$program" container tags -v "$version"

  fresh_registries 1
  new_store
  publish single "$work/store" "$cache/single"

  fresh_registries 3
  new_store
  publish three "$work/store" "$site_url/mixed"

  fresh_registries 1
  new_store
  publish one "$work/store" "$site_url/mixed"
  before=$(archives_fetched)
  publish again "$work/store" "$site_url/mixed"
  new_store
  publish elsewhere "$work/store" "$site_url/mixed"
  [ "$(archives_fetched)" = "$before" ] || touch "$work/fetched-again"
}

peers() {
  fresh_registries 1
  # shellcheck disable=SC2016
  timed skopeo bash -c 'skopeo copy -q --dest-tls-verify=false docker-archive:"$1" docker://"$3:amd64" &&
    skopeo copy -q --dest-tls-verify=false docker-archive:"$2" docker://"$3:arm64"' \
    - "$cache/mixed/$x86" "$cache/mixed/$arm" "${registries[0]}/$repository"
  fresh_registries 1
  rm -rf "$work/pipeline"
  # shellcheck disable=SC2016
  timed pipeline bash -c '"$1" "$2" "$4" t-amd64 "$5/amd64" & one=$!; "$1" "$3" "$4" t-arm64 "$5/arm64" && wait $one' \
    - "$PWD/bench/pipeline.sh" "$site_url/mixed/$x86" "$site_url/mixed/$arm" "${registries[0]}/$repository" "$work/pipeline"
}

# What we publish, against `gzip -6` of the same tars.
layer_bytes() {
  local base=http://${registries[0]}/v2/$repository/manifests child total=0 size
  local accept='Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json'
  for child in $(curl -sSf -H "$accept" "$base/${version,,}" | jq -r '.manifests[].digest'); do
    size=$(curl -sSf -H "$accept" "$base/$child" | jq '.layers[0].size')
    total=$((total + size))
  done
  echo "$total"
}
gzip_bytes() {
  local archive
  if [ ! -s "$cache/gzip-6.bytes" ]; then
    for archive in "$x86" "$arm"; do
      xz -dc -T0 "$cache/mixed/$archive" | tar -xO --wildcards '*[0-9a-f].tar' | gzip -6 | wc -c
    done | awk '{ sum += $1 } END { print sum }' >"$cache/gzip-6.bytes"
  fi
  cat "$cache/gzip-6.bytes"
}

echo "bench: the floor" >&2
"$bench/build/bench/floor" --repeat "$runs" "$cache/mixed/$x86" "$cache/mixed/$arm" >"$work/floor.json"
for i in $(seq "$runs"); do
  echo "bench: run $i of $runs" >&2
  ours
  [ "$i" -gt "$peer_runs" ] || peers
done
fresh_registries 1
new_store
publish last "$work/store" "$cache/mixed"
ours_bytes=$(layer_bytes)
gzip6_bytes=$(gzip_bytes)

# The table -------------------------------------------------------------------------------------------------------

column() { awk -v column="$2" '{ print $column }' "$work/times/$1" | sort -n; }
median() { column "$1" 1 | awk '{ value[NR] = $1 } END { print (NR % 2) ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }
floor=$(jq .floor_seconds "$work/floor.json")
skopeo=$(median skopeo)
first=$(median one)

row() {  # NAME WHAT
  awk -v name="$2" -v median="$(median "$1")" -v low="$(column "$1" 1 | head -n 1)" -v high="$(column "$1" 1 | tail -n 1)" \
    -v cpu="$(awk '{ print $2 + $3 }' "$work/times/$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')" \
    -v peak="$(column "$1" 4 | tail -n 1)" -v floor="$floor" -v skopeo="$skopeo" -v first="$first" \
    'BEGIN { printf "| %s | %.3f s | %.3f – %.3f | %.2f s | %.2f | %.2f | %.2f | %.1f MiB |\n", name, median, low, high, cpu, median / floor, skopeo / median, median / first, peak / 1024 }'
}
version_of() { "$@" 2>&1 | head -n 1; }

{
  echo "# Publishing two architectures, measured $(date -u +%Y-%m-%d)"
  echo
  echo "- Machine: $(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r); load at the end $(cut -d' ' -f1 /proc/loadavg)"
  echo "- Versions: $(version_of "$program" --version); $(version_of skopeo --version); $(version_of docker-registry --version | cut -d' ' -f1-3); $(version_of pigz --version); $(version_of xz --version); liblzma $(jq -r .versions.liblzma "$work/floor.json"), OpenSSL $(jq -r .versions.openssl "$work/floor.json"), libdeflate $(jq -r .versions.libdeflate "$work/floor.json")"
  echo "- Input: $(jq -r '[.archives[] | "\(.archive_bytes / 1e6 * 10 | round / 10) MB of xz, \(.unpacked_bytes / 1e6 | round) MB unpacked"] | join("; ")' "$work/floor.json") (amd64 in one block, arm64 in many)"
  echo "- Floor: $(jq -r '[.archives[] | "xz \(.xz_seconds * 100 | round / 100) s, sha256 \(.sha256_seconds * 100 | round / 100) s, gzip \(.gzip_seconds * 100 | round / 100) s"] | join("; ")' "$work/floor.json"): $(jq -r '.cpu_seconds * 100 | round / 100' "$work/floor.json") CPU seconds / $(jq -r .cores "$work/floor.json") cores = **$(jq -r '.floor_seconds * 1000 | round / 1000' "$work/floor.json") s**"
  echo "- Medians of $runs runs (peers: $peer_runs)"
  echo
  echo "| what | median | lowest – highest | CPU | ÷ floor | skopeo ÷ it | ÷ first publish | peak memory |"
  echo "|---|---|---|---|---|---|---|---|"
  row one "first publish, two architectures over HTTP, one registry"
  row single "the same from a folder, both archives in one block"
  row three "the same as the first, to three registries"
  row again "again, nothing changed"
  row elsewhere "again, nothing changed, on a machine with an empty store"
  row skopeo "peer: \`skopeo copy docker-archive: docker://\`, twice, from local files"
  row pipeline "peer: curl, xz, tar, pigz, curl; both architectures side by side"
  row help "\`--help\`"
  row tags "\`container tags\`"
  echo
  awk -v ours="$ours_bytes" -v gzip="$gzip6_bytes" 'BEGIN { printf "Layers: %.2f MB; `gzip -6` of the same tars: %.2f MB (%.1f %%).\n", ours / 1e6, gzip / 1e6, 100 * ours / gzip }'
  if [ -e "$work/fetched-again" ]; then
    echo "An archive was fetched again though nothing had changed."
  else
    echo "No archive was fetched again when nothing had changed."
  fi
  echo
  echo "CPU and peak memory are those of the publishing process (of the largest, for the peers); the servers share the machine's cores."
} | tee "$bench/result.md"
