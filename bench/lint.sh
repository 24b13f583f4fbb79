#!/usr/bin/env bash
# Measures `container lint` on a catalogue as large as the real one (bench/make_catalogue.cc): wall time, CPU and peak
# memory, median of eleven.  EP_PROGRAM=… measures another build of the program.
#
#   bench/lint.sh
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=scripts/packages.sh
. scripts/packages.sh
install_packages build >&2
bench=$PWD/build/bench build=$PWD/build-bench
mkdir -p "$bench"
cmake -S . -B "$build" -G Ninja -DEP_BENCH=ON -DEP_WERROR=ON -DCMAKE_CXX_COMPILER=g++ >"$bench/configure.log" 2>&1 ||
  { cat "$bench/configure.log" >&2; exit 1; }
cmake --build "$build" --target make_catalogue measure >&2
program=${EP_PROGRAM:-}
if [ -z "$program" ]; then
  cmake --build "$build" --target eulerpublisher >&2
  program=$build/eulerpublisher
fi
rm -rf "$bench/catalogue" "$bench/lint.times"
"$build/bench/make_catalogue" "$bench/catalogue"
"$program" container lint "$bench/catalogue" 2>&1 | tail -n 1
for _ in $(seq 11); do "$build/bench/measure" "$bench/lint.times" "$program" container lint "$bench/catalogue" --quiet; done
sort -n "$bench/lint.times" | awk '{ wall[NR] = $1; cpu[NR] = $2 + $3; peak = $4 > peak ? $4 : peak }
  END { printf "median %.3f s (%.3f – %.3f), CPU %.3f s, %.1f MiB\n", wall[6], wall[1], wall[11], cpu[6], peak / 1024 }'
