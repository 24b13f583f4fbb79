#!/usr/bin/env bash
# Writes what bench/run.sh has measured, as Markdown: docs/performance.md is this program's output.
#
#   bench/report.sh [RESULTS_FOLDER]        default build/bench/results
#
# Rows that were not measured are left out.
set -euo pipefail
cd "$(dirname "$0")/.."
results=${1:-build/bench/results}
[ -d "$results/times" ] || { echo "report.sh: $results holds no results: run bench/run.sh first." >&2; exit 1; }

middle() { sort -g | awk '{ v[NR] = $1 } END { if (NR) print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
have() { [ -s "$results/times/$1" ]; }
column() { awk -v column="$2" '{ print column == "cpu" ? $2 + $3 : $column }' "$results/times/$1"; }
median() { column "$1" "${2:-1}" | middle; }                  # NAME [COLUMN]; seconds
peak() { column "$1" 4 | sort -g | tail -n 1 | awk '{ printf "%.1f", $1 / 1024 }'; }  # MiB
calc() { awk "BEGIN { printf \"${2:-%.2f}\", $1 }"; }
fact() { cat "$results/$1" 2>/dev/null; }
floor_of() { jq -s "[.[] | $1] | sort | .[(length - 1) / 2 | floor]" "$results"/floors/*.json; }

floor=$(floor_of .floor_seconds)
skopeo='' first=''
! have skopeo-gzip || skopeo=$(median skopeo-gzip)
! have one || first=$(median one)

# What must hold ------------------------------------------------------------------------------------------------------

must() {  # WHAT MUST MEASURED AWK_CONDITION
  awk -v what="$1" -v must="$2" -v measured="$3" "BEGIN { printf \"| %s | %s | %s | %s |\n\", what, must, measured, ($4) ? \"yes\" : \"**no**\" }"
}
ratio() { calc "$1 / $2"; }

requirements() {
  local value faster small
  echo "| what | must be | is | reached |"
  echo "|---|---|---|---|"
  if have one; then
    value=$(ratio "$first" "$floor")
    must "first publish, two architectures over HTTP, one registry" "≤ 1.15 × the floor" "$value ×" "$value <= 1.15"
    [ -z "$skopeo" ] || { value=$(ratio "$skopeo" "$first"); must "the same, against skopeo's two copies" "≥ 6.5 × faster" "$value ×" "$value >= 6.5"; }
    must "its peak memory" "≤ 96 MiB" "$(peak one) MiB" "$(peak one) <= 96"
  fi
  if have single; then
    value=$(ratio "$(median single)" "$floor")
    must "from a folder, both archives in one block" "≤ 1.25 × the floor" "$value ×" "$value <= 1.25"
  fi
  if have three && have one; then
    value=$(ratio "$(median three)" "$first")
    must "to three registries" "≤ 1.10 × the time to one" "$value ×" "$value <= 1.10"
    value=$(calc "($(median three) - ($(median three 6) - $(median one 6)) / $(floor_of .cores)) / $first")
    must "the same, less what the two more registries' own CPU takes of these cores" "≤ 1.10 ×" "$value ×" "$value <= 1.10"
  fi
  if have three-light; then
    value=$(ratio "$(median three-light)" "$(median one-light)")
    must "to three registries that take little of these cores (\`bench/light_registry.cc\`)" "≤ 1.10 × the time to one such" "$value ×" "$value <= 1.10"
  fi
  if have two-beside-slow; then
    value=$(ratio "$(median two-beside-slow)" "$(median two)")
    must "two registries hold everything while a third takes 3 MiB/s" "as when they are alone (± 5 %)" "$value ×" "$value <= 1.05"
  fi
  if [ -s "$results/gzip.bytes" ]; then
    value=$(calc "100 * $(fact gzip.bytes) / $(fact gzip-6.bytes)" %.1f)
    must "layers, against \`gzip -6\` of the same tars" "≤ 100 %" "$value %" "$value <= 100"
  fi
  if have zstd; then
    [ -z "$skopeo" ] || { faster=$(ratio "$skopeo" "$(median zstd)"); must "\`--compression zstd\`, against skopeo's two copies" "≥ 9 × faster" "$faster ×" "$faster >= 9"; }
    small=$(calc "100 - 100 * $(fact zstd.bytes) / $(fact gzip.bytes)" %.1f)
    must "its layers, against gzip's" "≥ 10 % smaller" "$small %" "$small >= 10"
  fi
  if have large; then
    value=$(calc "$(peak large) - $(peak one)" %.1f)
    must "a 2 GiB archive (8 GiB unpacked): peak memory against the first row's" "± 16 MiB" "$value MiB" "$value <= 16 && $value >= -16"
    value=$(calc "($(fact large.disk) - $(fact large.archives) - $(fact large.layers)) / 1048576" %.1f)
    must "what it takes on disk beyond archives and layers" "nothing (≤ 1 MiB: manifests, index, locks)" "$value MiB" "$value <= 1"
  fi
  if have again; then
    must "again, nothing changed, with the store" "≤ 0.25 s" "$(calc "$(median again)" %.3f) s" "$(median again) <= 0.25"
    must "again, nothing changed, with an empty store" "≤ 0.5 s" "$(calc "$(median elsewhere)" %.3f) s" "$(median elsewhere) <= 0.5"
    must "archives that these two fetch" "none" "$(fact again.fetched)" "$(fact again.fetched) == 0"
  fi
  if have changed; then
    must "one architecture changed: archives fetched" "1" "$(fact changed.fetched)" "$(fact changed.fetched) == 1"
    must "one architecture changed: blobs sent" "its layers and configuration (≤ 3)" "$(fact changed.sent)" "$(fact changed.sent) <= 3"
  fi
  if have help; then
    must "\`--help\`" "≤ 15 ms" "$(calc "$(median help) * 1000" %.1f) ms" "$(median help) <= 0.015"
    must "\`container tags\`" "≤ 15 ms" "$(calc "$(median tags) * 1000" %.1f) ms" "$(median tags) <= 0.015"
  fi
  if have status; then
    must "\`container status\`: 24 versions × 3 registries, all up to date ($(fact status.published) of 72)" "≤ 2 s" "$(calc "$(median status)" %.3f) s" "$(median status) <= 2 && $(fact status.published) == 72"
  fi
  if [ -s "$results/parts.json" ] && have one; then
    value=$(calc "100 * $(looking) / $(median one cpu)" %.1f)
    must "all checks that run nothing: looking at both layers, and judging, of the CPU of a first publish" "≤ 15 %" "$value %" "$value <= 15"
  fi
}

# CPU seconds that looking at both layers takes, and the checks of what was seen.
looking() {
  calc "$(floor_of '[.archives[].layer_bytes] | add') * $(jq '[.benchmarks[]
    | select(.aggregate_name == "median" and (.run_name | startswith("look_at_layer") or startswith("check_files")))
    | 1 / .bytes_per_second] | add' "$results/parts.json")"
}

# What was measured ---------------------------------------------------------------------------------------------------

row() {  # NAME WHAT
  have "$1" || return 0
  local low high
  low=$(column "$1" 1 | sort -g | head -n 1) high=$(column "$1" 1 | sort -g | tail -n 1)
  awk -v name="$2" -v n="$(wc -l <"$results/times/$1")" -v median="$(median "$1")" -v low="$low" -v high="$high" -v cpu="$(median "$1" cpu)" \
    -v servers="$(median "$1" 6)" -v peak="$(peak "$1")" -v floor="$floor" -v skopeo="$skopeo" -v first="$first" '
    function over(a, b) { return (a > 0 && b > 0) ? sprintf("%.2f", a / b) : "–" }
    BEGIN {
      printf "| %s | %.3f s | %.3f – %.3f | %d | ", name, median, low, high, n
      if (cpu > 0) printf "%.2f s | %.2f s | ", cpu, servers; else printf "– | – | "
      printf "%s | %s | %s | ", over(median, floor), over(skopeo, median), over(median, first)
      if (peak > 0) printf "%s MiB |\n", peak; else printf "– |\n"
    }'
}

rows() {
  echo "| what | median | lowest – highest | runs | CPU | servers' CPU | ÷ floor | skopeo ÷ it | ÷ first publish | peak memory |"
  echo "|---|---|---|---|---|---|---|---|---|---|"
  row one "first publish, two architectures over HTTP, one registry"
  row single "the same from a folder, both archives in one block"
  row three "the same as the first, to three registries"
  row one-light "the same as the first, to a registry that only hashes (\`bench/light_registry.cc\`)"
  row three-light "the same, to three of these"
  row zstd "the same as the first, with \`--compression zstd\`"
  row changed "arm64 has changed since"
  row again "again, nothing changed"
  row elsewhere "again, nothing changed, on a machine with an empty store"
  row two "until two registries hold everything"
  row two-beside-slow "the same, with a third that takes 3 MiB/s"
  row large "a 2 GiB archive (8 GiB unpacked) for amd64, arm64 as before"
  row check "\`container check\` of what was prepared"
  row status "\`container status\`: 24 versions × 3 registries, all up to date"
  row help "\`--help\`"
  row tags "\`container tags\`"
  row skopeo-gzip "peer: \`skopeo copy docker-archive: docker://\`, twice, from local files"
  row skopeo-zstd "peer: the same with \`--dest-compress-format zstd\`"
  row pipeline "peer: curl, xz, tar, pigz, curl; both architectures side by side (\`bench/pipeline.sh\`)"
}

layers() {
  [ -s "$results/gzip.bytes" ] || return 0
  echo "Layers: $(calc "$(fact gzip.bytes) / 1e6") MB with gzip, $(calc "$(fact zstd.bytes) / 1e6") MB with zstd; \`gzip -6\` of the same tars: $(calc "$(fact gzip-6.bytes) / 1e6") MB."
}

parts() {
  echo "| part, on one core | unpacked bytes a second | layer becomes |"
  echo "|---|---|---|"
  jq -r --arg layer "$(floor_of '.archives[0].layer_bytes')" '
    .benchmarks[] | select(.aggregate_name == "median")
    | "| \(.run_name | sub("/iterations:1.*"; "") | sub("/repeats.*"; "")) | \(.bytes_per_second / 1e6 | round) MB/s | \(if .packed then "\(.packed / 1e4 | round / 100) MB" else "–" end) |"' "$results/parts.json"
}

cat <<TEXT
# Performance

Every figure here comes out of \`bench/\`: this page is what \`bench/report.sh\` printed on $(date -u +%Y-%m-%d). To repeat it,
say \`bench/run.sh\` (five rounds, three quarters of an hour; the first run also makes its input with debootstrap and keeps it in
\`build/bench\`), or \`bench/run.sh --quick\` for a look of a minute.

$(fact machine.md)
- Input: $(floor_of '[.archives[] | "\(.archive_bytes / 1e6 * 10 | round / 10) MB of xz, \(.unpacked_bytes / 1e6 | round) MB unpacked"] | join("; ")' | jq -r .) (amd64 in one block, arm64 in many)
- **The floor** is what liblzma, OpenSSL and libdeflate need for these archives on one core (decode; sha256 of the archive, of the layer and of the compressed layer; compress), divided by the cores: $(floor_of '.cpu_seconds' | jq -r '. * 100 | round / 100') CPU seconds / $(floor_of .cores) = **$(calc "$floor" %.3f) s** (median of $(find "$results/floors" -type f | wc -l), measured in the same run; xz $(floor_of '[.archives[].xz_seconds] | add' | jq '. * 100 | round / 100') s, sha256 $(floor_of '[.archives[].sha256_seconds] | add' | jq '. * 100 | round / 100') s, gzip $(floor_of '[.archives[].gzip_seconds] | add' | jq '. * 100 | round / 100') s)

## What must hold

$(requirements)

## What was measured

$(rows)

CPU and peak memory are those of the publishing process (of the largest, for the peers). The servers share the machine's
cores, and their CPU (nginx's and the registries' together) is no part of the floor. Their storage lies in memory, our store
on the disk.

$(layers)
TEXT
if [ -s "$results/parts.json" ]; then
  cat <<TEXT

## The parts

$(parts)

\`ours\` is what the program does; \`libdeflate/LEVEL/KIB\` and \`zstd/LEVEL/KIB\` are neighbouring levels and sizes of a piece.
Looking at a layer (\`look_at_layer\`) is all that the checks need of it, besides reading it: every entry, the files that are
looked into, secrets. \`check_files\` is all checks of what is in an image, on what was seen then.
TEXT
fi
