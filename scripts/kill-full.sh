#!/usr/bin/env bash
# kill -9 at a hundred moments of a publish to two registries, a registry killed and started again at a hundred, and
# twenty pairs of runs at once.  Needs docker-registry.
#
#   scripts/kill-full.sh [BUILD]     BUILD is a build folder with tests/faults_tests (default build-test)
#
# Prints what became of them; fails when a single next run did not end like an undisturbed one.  About ten minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${1:-build-test}/tests/faults_tests
[ -x "$program" ] || { echo "kill-full.sh: there is no $program: run scripts/test.sh first, or name a build folder." >&2; exit 2; }
EP_FAULTS=all "$program" --gtest_filter='KillTest.*'
