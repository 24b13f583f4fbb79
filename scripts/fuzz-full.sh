#!/usr/bin/env bash
# Runs every fuzz target for a million inputs (or as many as the argument says), with AddressSanitizer and
# UndefinedBehaviorSanitizer, and prints a line for each.  What was found on the way is kept in build-fuzz/corpus for
# the next run; the inputs that reach branches which fuzz/corpus does not are added to it.
#
#   scripts/fuzz-full.sh [INPUTS] [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."
inputs=${1:-1000000}
shift || true
# shellcheck source=scripts/packages.sh
. scripts/packages.sh
install_packages build
build=$PWD/build-fuzz
# Undefined behaviour ends a run as a finding; without this it would only be a line in the log.
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
CXX=${CXX:-clang++} cmake -S . -B "$build" -G Ninja -DEP_FUZZ=ON -DEP_SANITIZE=address,undefined >/dev/null
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for source in fuzz/*.cc; do
    name=$(basename "$source" .cc)
    [ "$name" = replay ] || targets+=("$name")
  done
fi
failed=0
for target in "${targets[@]}"; do
  ninja -C "$build" "fuzz_$target" >/dev/null
  log=$build/fuzz_$target.log found=$build/corpus/$target
  mkdir -p "$found"
  if "$build/fuzz/fuzz_$target" -runs="$inputs" -max_len=4096 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="$build/$target-" "$found" "fuzz/corpus/$target" >"$log" 2>&1; then
    "$build/fuzz/fuzz_$target" -set_cover_merge=1 -use_counters=0 "fuzz/corpus/$target" "$found" >>"$log" 2>&1
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: //p' "$log" | head -n 1) inputs, no finding"
  else
    failed=1
    echo "$target: FAILED, see ${log#"$PWD"/}"
  fi
done
exit $failed
