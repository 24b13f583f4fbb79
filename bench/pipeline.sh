#!/usr/bin/env bash
# The peer that is no program: what somebody who knows the tools writes to publish one architecture.
#
#   bench/pipeline.sh ARCHIVE_URL REGISTRY/REPOSITORY TAG WORK_FOLDER
#
# Fetches, checks the checksum, unpacks, compresses with pigz and uploads, each byte passing once; both digests are
# taken on the way.  It checks nothing else, and makes no index.
set -euo pipefail

url=$1 target=http://${2%%/*}/v2/${2#*/} tag=$3 work=$4
mkdir -p "$work"
cd "$work"

curl -sSf "$url.sha256sum" -o expected
curl -sSf "$url" | tee >(sha256sum | cut -d' ' -f1 >archive.sha256) | xz -dc -T0 | tar -xO --wildcards '*[0-9a-f].tar' |
  tee >(sha256sum | cut -d' ' -f1 >diff_id) | pigz -6 | tee >(sha256sum | cut -d' ' -f1 >digest) >layer.tar.gz
until [ -s archive.sha256 ] && [ -s diff_id ] && [ -s digest ]; do sleep 0.01; done
[ "$(cut -d' ' -f1 expected)" = "$(cat archive.sha256)" ]

upload() {  # FILE DIGEST
  local location
  location=$(curl -sSf -X POST -o /dev/null -D - "$target/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  curl -sSf -o /dev/null -T "$1" -H 'Content-Type: application/octet-stream' "$location&digest=sha256:$2"
}

printf '{"architecture":"%s","os":"linux","config":{"Cmd":["bash"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
  "${tag##*-}" "$(cat diff_id)" >config.json
config=$(sha256sum <config.json | cut -d' ' -f1)
upload layer.tar.gz "$(cat digest)"
upload config.json "$config"
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:%s","size":%s}]}' \
  "$config" "$(stat -c %s config.json)" "$(cat digest)" "$(stat -c %s layer.tar.gz)" >manifest.json
curl -sSf -o /dev/null -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary @manifest.json "$target/manifests/$tag"
