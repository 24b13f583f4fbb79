#!/usr/bin/env bash
# The service `container sync` killed with -9 at fifty moments, and two thousand rounds of it with updates appearing.
# Needs docker-registry and nginx.
#
#   scripts/sync-full.sh [BUILD]     BUILD is a build folder with tests/faults_tests (default build-test)
#
# Prints what became of them; fails when the registries did not hold in the end exactly what the release repository has,
# or when memory, descriptors or the journal grew beyond what was released.  About ten minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${1:-build-test}/tests/faults_tests
[ -x "$program" ] || { echo "sync-full.sh: there is no $program: run scripts/test.sh first, or name a build folder." >&2; exit 2; }
EP_FAULTS=all "$program" --gtest_filter='SyncFaults.*'
