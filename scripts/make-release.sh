#!/usr/bin/env bash
# Makes a release repository as the community's looks: for every architecture an archive and its checksum file.
#
#   scripts/make-release.sh OUT VERSION [options]
#
#   OUT/openEuler-VERSION/INDEX/ARCH/openEuler-docker.ARCH.tar.xz[.sha256sum]
#
#   --index I         docker_img (default) | docker_img/update/YYYY-MM-DD
#   --current         points INDEX's sibling `current` at it: docker_img/update/current
#   --arch LIST       amd64,arm64 (default); also loong64
#   --busybox FOLDER  FOLDER/ARCH/busybox is what runs in the image (scripts/fetch-busybox.sh); without it,
#                     or for an architecture it lacks, the image's programs are ELF headers that cannot run
#   --root FOLDER     FOLDER/ARCH is the root file system, taken as it is, owners included
#   --blocks B        one (default) | many | mixed: how many blocks the xz has; mixed: one in the first
#                     architecture, many in the others
#   --created TIME    when the image was made (default 2024-12-30T00:00:00Z); also the files' time
#   --level N         xz's preset (default: 6 with --root, otherwise 1)
#
# The same arguments and busybox give the same bytes on any day.  Needs tar, xz and sha256sum.
set -euo pipefail

usage() {
  sed -n '2,20s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
fail() {
  echo "make-release.sh: $1" >&2
  exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || usage
out=$1 version=${2^^}
shift 2
index=docker_img current='' arch_list=amd64,arm64 busybox='' roots='' blocks=one created=2024-12-30T00:00:00Z level=''
while [ $# -gt 0 ]; do
  option=$1
  if [ "$option" = --current ]; then
    current=yes
    shift
    continue
  fi
  [ $# -ge 2 ] || usage
  case $option in
    --index) index=$2 ;;
    --arch) arch_list=$2 ;;
    --busybox) busybox=$2 ;;
    --root) roots=$2 ;;
    --blocks) blocks=$2 ;;
    --created) created=$2 ;;
    --level) level=$2 ;;
    *) usage ;;
  esac
  shift 2
done
case $blocks in one | many | mixed) ;; *) usage ;; esac
if [ -z "$level" ]; then
  level=1
  [ -z "$roots" ] || level=6
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/ep-release.XXXXXX")
trap 'chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT

# The layer: a plain tar of the root file system, without a leading "./".
pack_root() {  # ROOT LAYER
  local -a members owners=()
  mapfile -t members < <(ls -A "$1")
  [ "${#members[@]}" -gt 0 ] || fail "$1 is empty: there is no root file system to pack."
  [ -n "$roots" ] || owners=(--owner=0 --group=0 --mtime="$created")
  tar -C "$1" --format=gnu --sort=name --numeric-owner "${owners[@]}" -cf "$2" -- "${members[@]}"
}

# A docker-archive, member for member as skopeo writes it.
pack_archive() {  # ARCH FOLDER: FOLDER holds layer.tar; writes the tar to standard output
  local arch=$1 folder=$2 diff_id config_sha id config name
  name=openeuler-${version,,}
  diff_id=$(sha256sum <"$folder/layer.tar" | cut -d' ' -f1)
  config="{\"created\":\"$created\",\"architecture\":\"$arch\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$diff_id\"]},\"history\":[{\"created\":\"$created\",\"created_by\":\"KIWI\"}]}"
  config_sha=$(printf %s "$config" | sha256sum | cut -d' ' -f1)
  id=$(printf '%s %s' "$diff_id" "$config_sha" | sha256sum | cut -d' ' -f1)
  mkdir "$folder/$id"
  mv "$folder/layer.tar" "$folder/$diff_id.tar"
  printf %s "$config" >"$folder/$config_sha.json"
  ln -s "../$diff_id.tar" "$folder/$id/layer.tar"
  printf 1.0 >"$folder/$id/VERSION"
  printf %s "{\"architecture\":\"$arch\",\"config\":{},\"container\":null,\"container_config\":null,\"created\":\"$created\",\"docker_version\":null,\"id\":\"$id\",\"os\":\"linux\"}" >"$folder/$id/json"
  printf %s "[{\"Config\":\"$config_sha.json\",\"RepoTags\":[\"$name:latest\"],\"Layers\":[\"$diff_id.tar\"]}]" >"$folder/manifest.json"
  printf %s "{\"$name\":{\"latest\":\"$id\"}}" >"$folder/repositories"
  tar -C "$folder" --format=ustar --numeric-owner --owner=0 --group=0 --mode=0444 --mtime=@0 --no-recursion -cf - \
    "$diff_id.tar" "$config_sha.json" "$id/layer.tar" "$id/VERSION" "$id/json" manifest.json repositories
}

# With threads xz writes blocks that know their sizes.  Its own size for them (24 MiB) would leave a small archive
# with a single one.
compress() {  # BLOCKS BYTES
  local -a threads=(-T1)
  if [ "$1" = many ]; then
    threads=(-T2)
    [ "$2" -gt $((64 * 1024 * 1024)) ] || threads+=("--block-size=$((512 * 1024))")
  fi
  xz -c "-$level" "${threads[@]}"
}

make_one() {  # ARCH BLOCKS
  local arch=$1 machine folder=$work/$1 target name bytes
  case $arch in
    amd64) machine=x86_64 ;;
    arm64) machine=aarch64 ;;
    loong64) machine=loongarch64 ;;
    *) fail "there is no architecture '$arch'; there are amd64, arm64 and loong64." ;;
  esac
  mkdir "$folder" "$folder/image"
  if [ -n "$roots" ]; then
    [ -d "$roots/$arch" ] || fail "$roots holds no folder $arch."
    pack_root "$roots/$arch" "$folder/image/layer.tar"
  else
    local program=''
    [ ! -x "$busybox/$arch/busybox" ] || program=$busybox/$arch/busybox
    "$here/make-root.sh" "$folder/root" "$version" "$arch" "$program"
    pack_root "$folder/root" "$folder/image/layer.tar"
  fi
  bytes=$(stat -c %s "$folder/image/layer.tar")
  target=$out/openEuler-$version/$index/$machine
  name=openEuler-docker.$machine.tar.xz
  mkdir -p "$target"
  pack_archive "$arch" "$folder/image" | compress "$2" "$bytes" >"$target/.$name"
  chmod -R u+rwX "$folder"
  rm -rf "$folder"
  mv -f "$target/.$name" "$target/$name"
  (cd "$target" && sha256sum "$name" >"$name.sha256sum")
}

# The architectures side by side.
jobs=()
how=$blocks
[ "$blocks" != mixed ] || how=one
for arch in ${arch_list//,/ }; do
  make_one "$arch" "$how" &
  jobs+=($!)
  [ "$blocks" != mixed ] || how=many
done
status=0
for job in "${jobs[@]}"; do wait "$job" || status=1; done
[ "$status" = 0 ] || exit 1

if [ -n "$current" ]; then
  ln -sfn "$(basename "$index")" "$(dirname "$out/openEuler-$version/$index")/current"
fi
