# shellcheck shell=bash
# Lets this machine run programs of other processors through qemu-user, for tests and bench/.  To be sourced.
#
#   let_arm64_run          registers qemu-aarch64 with the kernel, if it is not yet; false where that cannot be had
#   forget_arm64           takes back what let_arm64_run did, and nothing else; call it from a trap

binfmt=/proc/sys/fs/binfmt_misc
binfmt_registered='' binfmt_mounted=''

let_arm64_run() {
  [ "$(uname -m)" != aarch64 ] || return 0
  [ ! -e "$binfmt/qemu-aarch64" ] || return 0
  [ "$(id -u)" = 0 ] && [ -e /usr/lib/binfmt.d/qemu-aarch64.conf ] || return 1
  if [ ! -e "$binfmt/register" ]; then
    mount -t binfmt_misc binfmt_misc "$binfmt" 2>/dev/null || return 1
    binfmt_mounted=yes
  fi
  cat /usr/lib/binfmt.d/qemu-aarch64.conf >"$binfmt/register" || return 1
  binfmt_registered=yes
}

forget_arm64() {
  [ -z "$binfmt_registered" ] || echo -1 >"$binfmt/qemu-aarch64"
  [ -z "$binfmt_mounted" ] || umount "$binfmt" || true
}
