# shellcheck shell=bash
# What bench/run.sh measures, row by row.  To be sourced; it brings the variables that are used here.
#
# Every measurement appends a line to results/times/NAME:
#   wall, user and system seconds; KiB of the largest process; exit status; CPU seconds of the servers meanwhile

# Registries with empty storage, in place of the last ones.
registry_pids=()
registries=()
fresh_registries() {  # COUNT [START]
  local pid i
  for pid in "${registry_pids[@]}"; do stop_server "$pid"; done
  registry_pids=() registries=()
  rm -rf "$memory/registries"
  for i in $(seq "$1"); do
    "${2:-start_registry}" "$memory/registries/$i"
    registry_pids+=("$server_pid")
    registries+=("$registry_address")
  done
}

start_light_registry() {  # FOLDER
  local try
  mkdir -p "$1"
  "$tools/light_registry" "$1/port" >"$1/log" 2>&1 &
  server_pid=$!
  server_pids+=("$server_pid")
  for try in $(seq 100); do
    [ ! -s "$1/port" ] || break
    sleep 0.05
  done
  [ -s "$1/port" ] || { echo "bench: the light registry did not start (try $try)" >&2; return 1; }
  registry_address=127.0.0.1:$(cat "$1/port")
}

servers_cpu() {
  local pid files=()
  for pid in "$site_pid" $(cat "/proc/$site_pid/task/$site_pid/children") "${registry_pids[@]}"; do files+=("/proc/$pid/stat"); done
  awk -v hertz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); ticks += $12 + $13 } END { print ticks / hertz }' "${files[@]}"
}

timed() {  # NAME COMMAND...
  local name=$1 before
  shift
  sync -f "$work"
  before=$(servers_cpu)
  if ! "$tools/measure" "$work/measured" "$@" >"$work/out" 2>"$work/log"; then
    cat "$work/log" >&2
    echo "bench: $name failed: $*" >&2
    exit 1
  fi
  awk -v line="$(cat "$work/measured")" -v before="$before" -v after="$(servers_cpu)" 'BEGIN { printf "%s %.2f\n", line, after - before }' >>"$results/times/$name"
  rm "$work/measured"
}

publish_command() {  # STORE SOURCE [OPTION...]; sets `command`
  local store=$1 source=$2 registry
  shift 2
  command=("$program" container publish -v "$version" -p "$repository" --store "$store" --source "$source" --progress none "$@")
  for registry in "${registries[@]}"; do command+=(-g "$registry"); done
}

publish() {  # NAME STORE SOURCE [OPTION...]
  local name=$1 command
  shift
  publish_command "$@"
  timed "$name" "${command[@]}"
}

new_store() { rm -rf "$work/store" "$work/state"; }
archives_fetched() { grep -c 'GET [^ ]*\.tar\.xz HTTP' "$work/nginx/access.log" || true; }
fact() { echo "$2" >"$results/$1"; }  # NAME VALUE

# The layers that the first registry holds, in bytes.
layer_bytes() {
  local base=http://${registries[0]}/v2/$repository/manifests child total=0 size
  local accept='Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json'
  for child in $(curl -sSf -H "$accept" "$base/${version,,}" | jq -r '.manifests[].digest'); do
    size=$(curl -sSf -H "$accept" "$base/$child" | jq '[.layers[].size] | add')
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

measure_floor() {
  local number
  number=$(find "$results/floors" -type f | wc -l)
  "$tools/floor" --repeat 1 "$cache/mixed/$x86" "$cache/mixed/$arm" >"$results/floors/$number.json"
}

measure_ours() {
  local before
  # Each several times: what takes ten milliseconds is mostly the state of caches, and the first start after minutes of
  # other work finds them cold.
  for _ in 1 2 3 4 5; do
    timed help "$program" --help
    timed tags "$program" container tags -v "$version"
  done

  fresh_registries 1
  new_store
  publish single "$work/store" "$cache/single"

  fresh_registries 3
  new_store
  publish three "$work/store" "$site_url/mixed"

  fresh_registries 1
  new_store
  publish zstd "$work/store" "$site_url/mixed" --compression zstd
  fact zstd.bytes "$(layer_bytes)"

  fresh_registries 1
  new_store
  publish one "$work/store" "$site_url/mixed"
  fact gzip.bytes "$(layer_bytes)"
  before=$(archives_fetched)
  timed check "$program" container check -v "$version" --store "$work/store"
  publish again "$work/store" "$site_url/mixed"
  mv "$work/store" "$work/first-store"
  publish elsewhere "$work/store" "$site_url/mixed"
  fact again.fetched "$(($(archives_fetched) - before))"
  rm -rf "$work/store"
  mv "$work/first-store" "$work/store"
  before=$(archives_fetched)
  publish changed "$work/store" "$site_url/changed" --json
  fact changed.fetched "$(($(archives_fetched) - before))"
  jq '.registries[0].blobs_sent' "$work/out" >"$results/changed.sent"
  measure_status
}

# What the registries take of the cores is little here: what is left is what publishing takes.
measure_light() {
  fresh_registries 1 start_light_registry
  new_store
  publish one-light "$work/store" "$site_url/mixed"

  fresh_registries 3 start_light_registry
  new_store
  publish three-light "$work/store" "$site_url/mixed"
}

# 24 versions in three registries, all as the policy wants them.
measure_status() {
  local one rest=() registry options=()
  fresh_registries 3
  new_store
  for registry in "${registries[@]}"; do options+=(-g "$registry"); done
  while read -r one; do
    "$program" container publish -v "$one" -p "$repository" --policy "$cache/versions/policy.yaml" --store "$work/store" \
      --source "$cache/versions" --progress none "${options[@]}" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    rest+=("$one")
  done <"$cache/versions/list"
  timed status "$program" container status -p "$repository" --policy "$cache/versions/policy.yaml" --json "${options[@]}"
  fact status.published "$(jq '[.tags[].registries[] | select(.state == "published")] | length' "$work/out")"
}

# When the first two registries hold the whole release by digest: two manifests and the index.  Then the run is ended,
# if it has not ended by itself: nothing is asked of the third.
staged_in_two() {  # NAME
  local name=$1 command start now i links complete running
  new_store
  publish_command "$work/store" "$site_url/mixed"
  sync -f "$work"
  exec 9<> <(:)
  start=${EPOCHREALTIME/./}
  "${command[@]}" >"$work/log" 2>&1 &
  running=$!
  shopt -s nullglob
  while :; do
    complete=0
    for i in 1 2; do
      links=("$memory/registries/$i/storage/docker/registry/v2/repositories/$repository/_manifests/revisions/sha256"/*/link)
      [ ${#links[@]} -lt 3 ] || complete=$((complete + 1))
    done
    now=${EPOCHREALTIME/./}
    [ "$complete" -lt 2 ] || break
    kill -0 "$running" 2>/dev/null || { cat "$work/log" >&2; echo "bench: $name ended too early" >&2; exit 1; }
    read -rt 0.02 -u 9 || true
  done
  shopt -u nullglob
  exec 9>&-
  kill -INT "$running" 2>/dev/null || true
  wait "$running" || true
  awk -v micro="$((now - start))" 'BEGIN { printf "%.4f 0 0 0 0 0\n", micro / 1e6 }' >>"$results/times/$name"
}

configure_throttle() { echo "$2" >"$1/port"; }

measure_slow() {
  local throttle
  fresh_registries 2
  staged_in_two two
  fresh_registries 3
  start_server throttle "$memory/throttle" configure_throttle "$tools/throttle" $((3 << 20)) "${registries[2]#*:}" "$memory/throttle/port"
  throttle=$server_pid
  registries[2]=127.0.0.1:$server_port
  staged_in_two two-beside-slow
  stop_server "$throttle"
}

measure_peers() {
  local format
  for format in gzip zstd; do
    fresh_registries 1
    timed "skopeo-$format" bench/skopeo.sh "$format" "${registries[0]}/$repository" "$cache/mixed/$x86" "$cache/mixed/$arm"
  done
  fresh_registries 1
  rm -rf "$work/pipeline"
  # shellcheck disable=SC2016
  timed pipeline bash -c '"$1" "$2" "$4" t-amd64 "$5/amd64" & one=$!; "$1" "$3" "$4" t-arm64 "$5/arm64" && wait $one' \
    - "$PWD/bench/pipeline.sh" "$site_url/mixed/$x86" "$site_url/mixed/$arm" "${registries[0]}/$repository" "$work/pipeline"
}

measure_parts() {
  EP_BENCH_ARCHIVE=$cache/mixed/$x86 "$tools/parts" --benchmark_repetitions=5 --benchmark_report_aggregates_only=true \
    --benchmark_format=json >"$results/parts.json"
}

# A 2 GiB archive beside an ordinary one, with the store on a file system of its own, whose use is watched.
measure_large() {
  local command running used most=0 status=0
  fresh_registries 1
  new_store
  mkdir -p "$work/large-store"
  mount -t tmpfs eulerpublisher-bench "$work/large-store" || { echo "bench: the large archive needs root, to mount a tmpfs." >&2; exit 1; }
  publish_command "$work/large-store" "$site_url/large"
  "$tools/measure" "$results/times/large" "${command[@]}" >"$work/log" 2>&1 &
  running=$!
  exec 9<> <(:)
  while kill -0 "$running" 2>/dev/null; do
    used=$(df --output=used -B1 "$work/large-store" | tail -n 1)
    [ "$used" -le "$most" ] || most=$used
    read -rt 0.1 -u 9 || true
  done
  exec 9>&-
  wait "$running" || status=$?
  [ "$status" = 0 ] || { cat "$work/log" >&2; echo "bench: publishing the large archive failed" >&2; exit 1; }
  fact large.disk "$most"
  fact large.layers "$(layer_bytes)"
  fact large.archives "$(cat "$cache/large/$x86" "$cache/large/$arm" | wc -c)"
  umount "$work/large-store"
}

version_of() { "$@" 2>&1 | head -n 1; }
note_machine() {
  [ ! -s "$results/gzip.bytes" ] || fact gzip-6.bytes "$(gzip_bytes)"
  {
    echo "- Machine: $(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r); load at the end $(cut -d' ' -f1 /proc/loadavg)"
    echo "- Versions: $(version_of "$program" --version); $(version_of skopeo --version); $(version_of docker-registry --version | cut -d' ' -f1-3); $(version_of pigz --version); $(version_of xz --version); libzstd $(pkg-config --modversion libzstd)"
  } >"$results/machine.md"
}
