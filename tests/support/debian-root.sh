#!/usr/bin/env bash
# Copies packages of this Debian into a root file system, with the libraries that their programs need: real tools to run
# in a container, without fetching anything.
#
#   tests/support/debian-root.sh ROOT PACKAGE...     ROOT has a merged /usr; the packages are installed here
set -euo pipefail

root=$1
shift
list=$(mktemp) libraries=$(mktemp)
trap 'rm -f "$list" "$libraries"' EXIT

dpkg -L "$@" |
  grep -vE '^/usr/share/(doc|man|info|locale|bash-completion|lintian)/|/__pycache__|/python3\.[0-9]+/(test|idlelib|lib2to3)/' |
  sort -u | while read -r path; do
    if [ ! -d "$path" ] && { [ -f "$path" ] || [ -L "$path" ]; }; then echo "${path#/}"; fi
  done >"$list"
# A library by the name that programs know it by, and the file behind that name.
sed 's,^,/,' "$list" | { grep -E '/s?bin/|\.so' || true; } | { xargs -r ldd 2>/dev/null || true; } |
  { grep -oE '/(usr/)?lib[^ ):]*' || true; } | sort -u | while read -r library; do
    echo "${library#/}"
    real=$(readlink -f "$library")
    echo "${real#/}"
  done >"$libraries"
sort -u "$list" "$libraries" | tar -C / --no-recursion -T - -c | tar -C "$root" -x
