#!/usr/bin/env bash
# Installs what is needed, builds everything with warnings as errors, runs every test and sums up.
#
#   scripts/test.sh                       all of it, in build-test/
#   scripts/test.sh --unit                the unit tests only
#   scripts/test.sh --sanitize KIND       address, undefined or thread (or several: address,undefined), in build-KIND/
#   scripts/test.sh --only REGEX          the tests whose names match
#
# Fails when anything fails.  A test that cannot run here says why and is counted as skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  sed -n '2,10s/^# \{0,1\}//p' scripts/test.sh >&2
  exit 2
}

select=() sanitize='' unit=''
while [ $# -gt 0 ]; do
  case $1 in
    --unit)
      unit=yes
      select+=(-L '^unit$')
      shift
      ;;
    --sanitize)
      [ $# -ge 2 ] || usage
      sanitize=$2
      shift 2
      ;;
    --only)
      [ $# -ge 2 ] || usage
      select+=(-R "$2")
      shift 2
      ;;
    *) usage ;;
  esac
done

# shellcheck source=scripts/packages.sh
. scripts/packages.sh
if [ -n "$unit" ]; then install_packages build; else install_packages build quickstart tests; fi

# What one of the build folders compiled, the others need not.
export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=$PWD
build=$PWD/build-test compiler=g++
[ -z "$sanitize" ] || build=$PWD/build-${sanitize//,/-} compiler=clang++  # its sanitizers see more, and build faster
cmake -S . -B "$build" -G Ninja -DEP_WERROR=ON -DEP_SANITIZE="$sanitize" -DCMAKE_CXX_COMPILER=$compiler
cmake --build "$build" --parallel "$(nproc)"

# Programs for the images that tests make.  Without them such images hold programs that cannot run, and tests
# that would run them are skipped; and the one engine that Debian 12 has no package of.
if [ -z "$unit" ]; then
  export EP_BUSYBOX=$PWD/build-test/busybox
  scripts/fetch-busybox.sh "$EP_BUSYBOX" amd64 arm64 || unset EP_BUSYBOX
  export EP_BUILDX=$PWD/build-test/buildx
  scripts/fetch-buildx.sh "$EP_BUILDX" || unset EP_BUILDX
fi
# shellcheck source=scripts/foreign.sh
. scripts/foreign.sh
trap forget_arm64 EXIT
[ -n "$unit" ] || let_arm64_run || echo "arm64 programs cannot run here: the tests that would run them are skipped."
export CONTAINERS_CONF=$PWD/tests/support/containers.conf
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}

status=0
ctest --test-dir "$build" -j "$(nproc)" --output-on-failure --no-tests=error --output-junit "$build/junit.xml" "${select[@]}" || status=$?

# ctest's own closing line stands above; this one also counts what was skipped, after saying why.
count() { sed -n "s/^<testsuite.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" <(tr '\n' ' ' <"$build/junit.xml" | sed 's/<testsuite/\n<testsuite/') | head -n 1; }
skipped=$(count skipped) failed=$(count failures) all=$(count tests)
grep -ho 'SKIPPED: .*' "$build/Testing/Temporary/LastTest.log" 2>/dev/null | sort | uniq -c || true
echo "$((all - failed - skipped - $(count disabled))) passed, $failed failed, $skipped skipped"
exit "$status"
