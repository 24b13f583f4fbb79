#!/usr/bin/env bash
# The one list of packages, and how to install those of it that are missing.
#
#   scripts/packages.sh GROUP...      install what the groups need and the machine lacks
#   scripts/packages.sh --list GROUP...   print it
#   source scripts/packages.sh; install_packages GROUP...
#
# Groups: build (to build and to run the unit tests), quickstart, tests, bench.
# Debian 12 by apt-get; openEuler 24.03 by dnf.  With sudo when not root.  When nothing is missing it takes no time.

# Group, Debian's package, and what dnf is asked for on openEuler: a package, a file or a capability
# (`pkgconfig(x)` is what an RPM with x.pc provides, whatever the package is called); `a|b` means either.
# `?` in front: the group does its work without it, with what the note in without_it() says.
PACKAGES='
build       g++                          gcc-c++
build       cmake                        cmake
build       ninja-build                  ninja-build
build       pkg-config                   pkgconf|pkgconf-pkg-config
build       ccache                       ?ccache
build       libexpected-dev              ?cmake(tl-expected)
build       libfmt-dev                   pkgconfig(fmt)
build       nlohmann-json3-dev           pkgconfig(nlohmann_json)|cmake(nlohmann_json)
build       libcli11-dev                 cmake(CLI11)|pkgconfig(CLI11)
build       libssl-dev                   pkgconfig(libcrypto)
build       liblzma-dev                  pkgconfig(liblzma)
build       libdeflate-dev               pkgconfig(libdeflate)
build       libzstd-dev                  pkgconfig(libzstd)
build       libarchive-dev               pkgconfig(libarchive)
build       libcurl4-openssl-dev         pkgconfig(libcurl)
build       libsqlite3-dev               pkgconfig(sqlite3)
build       librpm-dev                   pkgconfig(rpm)
build       libyaml-cpp-dev              pkgconfig(yaml-cpp)
build       libgtest-dev                 pkgconfig(gtest)
build       libgmock-dev                 pkgconfig(gmock)
build       ca-certificates              ca-certificates

quickstart  xz-utils                     /usr/bin/xz
quickstart  jq                           /usr/bin/jq
quickstart  curl                         /usr/bin/curl
quickstart  nginx                        /usr/sbin/nginx
quickstart  docker-registry              ?/usr/bin/docker-registry|/usr/bin/registry
quickstart  skopeo                       ?/usr/bin/skopeo

tests       xz-utils                     /usr/bin/xz
tests       zstd                         /usr/bin/zstd
tests       jq                           /usr/bin/jq
tests       curl                         /usr/bin/curl
tests       nginx                        ?/usr/sbin/nginx
tests       libnginx-mod-http-fancyindex ?nginx-mod-http-fancyindex
tests       docker-registry              ?/usr/bin/docker-registry|/usr/bin/registry
tests       apache2-utils                ?/usr/bin/htpasswd
tests       openssl                      ?/usr/bin/openssl
tests       skopeo                       ?/usr/bin/skopeo
tests       umoci                        ?/usr/bin/umoci
tests       podman                       ?/usr/bin/podman
tests       buildah                      ?/usr/bin/buildah
tests       runc                         ?/usr/bin/runc
tests       containerd                   ?/usr/bin/containerd
tests       docker.io                    ?/usr/bin/dockerd
tests       git                          ?/usr/bin/git
tests       shellcheck                   ?/usr/bin/shellcheck
tests       qemu-user-static             ?/usr/bin/qemu-aarch64-static
tests       rpm                          /usr/bin/rpm
tests       gpg                          ?/usr/bin/gpg
tests       dnf                          ?/usr/bin/dnf
tests       createrepo-c                 ?/usr/bin/createrepo_c
tests       sqlite3                      ?/usr/bin/sqlite3
tests       db5.3-util                   ?/usr/bin/db5.3_load|/usr/bin/db_load
tests       attr                         ?/usr/bin/setfattr
tests       shunit2                      ?shunit2
tests       faketime                     ?/usr/bin/faketime
tests       chromium                     ?/usr/bin/chromium|/usr/bin/chromium-browser
tests       bash-static                  ?bash-static
tests       zsh                          ?/usr/bin/zsh
tests       fish                         ?/usr/bin/fish
tests       man-db                       ?/usr/bin/man
tests       mandoc                       ?/usr/bin/mandoc
tests       systemd                      ?/usr/bin/systemd-analyze
tests       dpkg-dev                     ?/usr/bin/dpkg-shlibdeps
tests       file                         ?/usr/bin/file

bench       libbenchmark-dev             pkgconfig(benchmark)
bench       debootstrap                  ?/usr/sbin/debootstrap
bench       qemu-user-static             ?/usr/bin/qemu-aarch64-static
bench       xz-utils                     /usr/bin/xz
bench       pigz                         /usr/bin/pigz
bench       jq                           /usr/bin/jq
bench       curl                         /usr/bin/curl
bench       skopeo                       /usr/bin/skopeo
bench       nginx                        /usr/sbin/nginx
bench       docker-registry              ?/usr/bin/docker-registry|/usr/bin/registry
'

# What follows when a package with `?` is not to be had.
without_it() {
  case $1 in
    libexpected-dev) echo "the build takes the compiler's own std::expected instead (GCC 12 or newer)" ;;
    ccache) echo "building again is slower" ;;
    docker-registry) echo "nothing is published into a registry here, only into an oci: folder" ;;
    debootstrap) echo "bench/ cannot make its releases" ;;
    *) echo "what needs it is skipped, and says so" ;;
  esac
}

# The rows of the groups named, each package once.
rows_of() {
  local group
  for group in "$@"; do
    case $group in
      build | quickstart | tests | bench) ;;
      *)
        echo "packages.sh: there is no group '$group'; the groups are build, quickstart, tests and bench." >&2
        return 2
        ;;
    esac
  done
  for group in "$@"; do
    awk -v group="$group" '$1 == group { print $2, $3 }' <<<"$PACKAGES"
  done | sort -u
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "packages.sh: '$*' needs root, and there is no sudo: run it as root, then start again." >&2
    return 1
  fi
}

# Debian --------------------------------------------------------------------------------------------------------

missing_on_debian() {
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
  cut -d' ' -f1 <<<"$1" | grep -vxF -f <(echo "$installed") || true
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
}

# Debian starts a service as soon as its package is there.  While we install, services of these packages are told
# to wait; the file forbids nothing once this shell has gone, even if it could not be taken away.
SERVICES='docker-registry nginx docker containerd podman apache-htcacheclean'
with_services_held() {
  local policy=/usr/sbin/policy-rc.d status=0 name cases=''
  if [ ! -e "$policy" ]; then
    for name in $SERVICES; do cases+="$name|$name.*|"; done
    printf '%s\n' '#!/bin/sh' \
      "# From EulerPublisher's scripts/packages.sh, for the time of one installation.  It may be deleted." \
      "kill -0 $$ 2>/dev/null || exit 0" \
      "case \$1 in ${cases%|}) exit 101 ;; esac" | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    "$@" || status=$?
    as_root rm -f "$policy"
  else
    "$@" || status=$?
  fi
  return "$status"
}

# What was not on this machine before shall not start with it either.
leave_disabled() {
  [ -d /run/systemd/system ] || return 0
  local package
  for package in "$@"; do
    case $package in
      docker-registry) as_root systemctl disable --quiet docker-registry.service ;;
      nginx) as_root systemctl disable --quiet nginx.service ;;
      docker.io) as_root systemctl disable --quiet docker.service docker.socket containerd.service ;;
    esac
  done
}

install_on_debian() {
  local missing log
  missing=$(missing_on_debian "$1")
  [ -n "$missing" ] || return 0
  mapfile -t missing <<<"$missing"
  echo "Installing: ${missing[*]}" >&2
  log=$(mktemp)
  # The package lists may be absent or old: fetch them only when it does not go without.
  if ! with_services_held apt_install "${missing[@]}" >"$log" 2>&1; then
    if ! { as_root apt-get update -q && with_services_held apt_install "${missing[@]}"; } >"$log" 2>&1; then
      cat "$log" >&2
      rm -f "$log"
      echo "packages.sh: apt-get could not install ${missing[*]}; its own words stand above." >&2
      return 1
    fi
  fi
  rm -f "$log"
  leave_disabled "${missing[@]}"
}

# openEuler -----------------------------------------------------------------------------------------------------

have_on_openeuler() {
  case $1 in
    /*) [ -e "$1" ] ;;
    *) rpm -q --quiet --whatprovides "$1" ;;
  esac
}

install_on_openeuler() {
  local debian wanted needed name choice found
  local -a install=() lacking=()
  while read -r debian wanted; do
    needed=yes found='' choice=''
    if [ "${wanted#\?}" != "$wanted" ]; then
      needed=''
      wanted=${wanted#\?}
    fi
    IFS='|' read -r -a names <<<"$wanted"
    for name in "${names[@]}"; do
      if have_on_openeuler "$name"; then found=yes; fi
    done
    [ -z "$found" ] || continue
    for name in "${names[@]}"; do
      if [ -z "$choice" ] && [ -n "$(dnf -q repoquery --whatprovides "$name" 2>/dev/null)" ]; then choice=$name; fi
    done
    if [ -n "$choice" ]; then
      install+=("$choice")
    elif [ -n "$needed" ]; then
      lacking+=("${names[*]} (Debian: $debian)")
    else
      echo "Note: no package here provides ${names[*]} (Debian: $debian): $(without_it "$debian")." >&2
    fi
  done <<<"$1"
  if [ ${#lacking[@]} -gt 0 ]; then
    echo "packages.sh: the enabled repositories have no package that provides:" >&2
    printf '  %s\n' "${lacking[@]}" >&2
    echo "Enable the everything and EPOL repositories, or install these from source; then start again." >&2
    return 1
  fi
  [ ${#install[@]} -gt 0 ] || return 0
  echo "Installing: ${install[*]}" >&2
  as_root dnf install -y -q --setopt=install_weak_deps=False "${install[@]}"
}

# ---------------------------------------------------------------------------------------------------------------

install_packages() {
  local rows
  rows=$(rows_of "$@") || return
  if command -v apt-get >/dev/null; then
    install_on_debian "$rows"
  elif command -v dnf >/dev/null; then
    install_on_openeuler "$rows"
  else
    echo "packages.sh: neither apt-get nor dnf is here; install the equivalents of these by hand:" >&2
    echo "$rows" >&2
    return 1
  fi
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  case ${1:---help} in
    --help | -h) sed -n '2,10s/^# \{0,1\}//p' "$0" ;;
    --list)
      shift
      rows_of "$@"
      ;;
    *) install_packages "$@" ;;
  esac
fi
