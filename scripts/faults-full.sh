#!/usr/bin/env bash
# Every kind of fault x each request of a publish to two registries, once and from then on, and what became of it.
#
#   scripts/faults-full.sh [BUILD]     BUILD is a build folder with tests/faults_tests (default build-test)
#
# Prints a line for each kind and a sum; fails when a single case ended wrong.  About a quarter of an hour.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${1:-build-test}/tests/faults_tests
[ -x "$program" ] || { echo "faults-full.sh: there is no $program: run scripts/test.sh first, or name a build folder." >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/ep-faults-full.XXXXXX")
trap 'rm -rf "$work"' EXIT
status=0
# A process for each kind, a few at once: those that stall do little but wait.
"$program" --gtest_filter='*FaultSuite*' --gtest_list_tests | sed -n 's/^  \([^ ]*\).*/\1/p' |
  xargs -P "${JOBS:-4}" -I{} sh -c 'EP_FAULTS=all "$1" --gtest_filter="*FaultSuite.$2" >"$3/$(basename "$2")" 2>&1' \
    sh "$program" {} "$work" || status=1
grep -h '^FAULTS' "$work"/* || { cat "$work"/* >&2; exit 1; }
grep -hE '^(WRONG|.*Failure$)' "$work"/* || true
cat "$work"/* | sed -n 's/^FAULTS [^ ]* *cases \([0-9]*\), ended right \([0-9]*\), failed clean \([0-9]*\), left and told \([0-9]*\), wrong \([0-9]*\) .*/\1 \2 \3 \4 \5/p' |
  awk '{ c += $1; r += $2; f += $3; l += $4; w += $5 }
       END { printf "ALL cases %d, ended right %d, failed clean %d, left and told %d, wrong %d\n", c, r, f, l, w; exit w > 0 }' ||
  status=1
exit "$status"
