#!/usr/bin/env bash
# Makes a folder look like the root file system of an openEuler base image.
#
#   scripts/make-root.sh FOLDER VERSION ARCH [BUSYBOX]
#
# A folder that has no /etc yet becomes a whole little system around BUSYBOX (a static binary).  Without BUSYBOX
# its programs are an ELF header that only names the architecture: enough for whatever looks and does not run.
# A folder with a system in it (bench/ brings Debian's) keeps that and gets what marks openEuler: os-release, the
# time zone of Beijing, an /etc/bashrc that logs idle shells out.
set -euo pipefail

if [ $# -lt 3 ]; then
  sed -n '2,10s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
root=$1 version=$2 arch=$3 busybox=${4:-}
umask 022

# 24.03-LTS-SP1 → 24.03 (LTS-SP1)
number=${version%%-*}
spoken=$number
[ "$number" = "$version" ] || spoken="$number (${version#*-})"

os_release() {
  printf '%s\n' 'NAME="openEuler"' "VERSION=\"$spoken\"" 'ID="openEuler"' "VERSION_ID=\"$number\"" \
    "PRETTY_NAME=\"openEuler $spoken\"" 'ANSI_COLOR="0;31"'
}

# A time zone that never changed: OFFSET (four octal bytes), NAME (three letters), the rule of POSIX.
time_zone() {
  local counts='\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4' zeros='\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
  local block="$1\\0\\0$2\\0"
  printf 'TZif2%b%b%bTZif2%b%b%b\n%s\n' "$zeros" "$counts" "$block" "$zeros" "$counts" "$block" "$3"
}

# The first 64 bytes of a little-endian ELF executable for machine $1 (two octal bytes).
elf_header() {
  printf '%b' '\0177ELF\02\01\01\0\0\0\0\0\0\0\0\0' '\02\0' "$1" '\01\0\0\0' \
    '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' '\0\0\0\0\0100\0\0\0\0\0\0\0\0\0\0\0'
}

little_system() {
  local name
  mkdir -p "$root"/{boot,dev,etc,home,media,mnt,opt,proc,run,srv,sys,usr/bin,usr/lib,usr/sbin,usr/share/zoneinfo/Asia,var/lib,var/log,var/tmp}
  mkdir -m 700 "$root/root"
  mkdir -m 1777 "$root/tmp"
  chmod 1777 "$root/var/tmp"
  for name in bin sbin lib; do ln -s "usr/$name" "$root/$name"; done
  if [ -n "$busybox" ]; then
    cp "$busybox" "$root/usr/bin/busybox"
  else
    case $arch in
      amd64) elf_header '\0076\0' ;;
      arm64) elf_header '\0267\0' ;;
      loong64) elf_header '\0002\0001' ;;
      riscv64) elf_header '\0363\0' ;;
      *)
        echo "make-root.sh: no ELF machine is known for '$arch'; the architectures are amd64, arm64, loong64, riscv64." >&2
        exit 2
        ;;
    esac >"$root/usr/bin/busybox"
  fi
  chmod 755 "$root/usr/bin/busybox"
  for name in sh ash cat chmod cp cut date dirname echo env expr false find grep head hostname id ln ls mkdir mount mv \
    printf ps pwd rm sed sleep sort stat tail tar test touch tr true uname vi wc; do
    ln -s busybox "$root/usr/bin/$name"
  done
  for name in adduser addgroup chroot; do ln -s ../bin/busybox "$root/usr/sbin/$name"; done
  # busybox does not answer to the name of bash.
  printf '%s\n' '#!/bin/sh' 'exec /bin/sh "$@"' >"$root/usr/bin/bash"
  chmod 755 "$root/usr/bin/bash"
  os_release >"$root/etc/os-release"
  echo "openEuler release $spoken" >"$root/etc/openEuler-release"
  echo 'root:x:0:0:root:/root:/bin/bash' >"$root/etc/passwd"
  printf '%s\n' 'root:x:0:' 'nobody:x:65534:' >"$root/etc/group"
  # `!`: nobody logs in as root with a password.
  echo 'root:!locked::0:99999:7:::' >"$root/etc/shadow"
  chmod 400 "$root/etc/shadow"
  printf '%s\n' 'if [ -f /etc/bashrc ]; then' '  . /etc/bashrc' 'fi' >"$root/etc/profile"
  printf '%s\n' '127.0.0.1   localhost localhost.localdomain' '::1         localhost localhost.localdomain' >"$root/etc/hosts"
}

if [ ! -d "$root/etc" ]; then
  little_system
elif [ -e "$root/usr/lib/os-release" ]; then
  os_release >"$root/usr/lib/os-release"
else
  os_release >"$root/etc/os-release"
fi
mkdir -p "$root/usr/share/zoneinfo/Asia"
[ -e "$root/usr/share/zoneinfo/UTC" ] || time_zone '\0\0\0\0' UTC UTC0 >"$root/usr/share/zoneinfo/UTC"
[ -e "$root/usr/share/zoneinfo/Asia/Beijing" ] || time_zone '\0\0\0160\0200' CST CST-8 >"$root/usr/share/zoneinfo/Asia/Beijing"
ln -sfn ../usr/share/zoneinfo/Asia/Beijing "$root/etc/localtime"
printf '%s\n' '# /etc/bashrc' '' 'umask 022' 'export TMOUT=300' >"$root/etc/bashrc"
