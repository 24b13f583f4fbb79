#!/bin/sh
# Stands in for a `docker` with the buildx plugin, which Debian has not: takes the words that buildx takes for a
# builder named farm (any other word ends it with a status of its own), has buildah build, and writes what buildx
# would: an OCI layout in a tar.  STAND_IN is a folder to work in; `calls` there gets the words of each call.
set -u
echo "$*" >>"$STAND_IN/calls"
[ "$1" = buildx ] || exit 64
if [ "$2" = inspect ]; then
  printf 'Name:   farm\nDriver: remote\n\nNodes:\nName:      farm0\nPlatforms: linux/amd64*, linux/arm64\n'
  exit 0
fi
[ "$2 $3 $4" = "build --builder farm" ] || exit 65
shift 4
platform='' file='' output='' context=''
while [ $# -gt 0 ]; do
  case $1 in
    --progress | --build-arg | --label) shift ;;
    --pull) ;;
    --platform) shift && platform=$1 ;;
    --file) shift && file=$1 ;;
    --output) shift && output=$1 ;;
    --*) exit 66 ;;
    *) context=$1 ;;
  esac
  shift
done
case $output in
  type=oci,compression=uncompressed,dest=*) ;;
  *) exit 67 ;;
esac
[ "$BUILDX_NO_DEFAULT_ATTESTATIONS" = 1 ] && [ -n "$SOURCE_DATE_EPOCH" ] || exit 68
engine() { buildah --root "$STAND_IN/root" --runroot "$STAND_IN/run" "$@"; }
id=$(mktemp "$STAND_IN/id.XXXXXX")
engine build --tls-verify=false --iidfile "$id" --platform "$platform" --file "$file" "$context" >&2 &&
  engine push -q "$(cat "$id")" "oci-archive:${output##*dest=}"
