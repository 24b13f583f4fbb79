#!/usr/bin/env bash
# The peer that people use today: one `skopeo copy` for each architecture, out of local files.
#
#   bench/skopeo.sh gzip|zstd REGISTRY/REPOSITORY ARCHIVE_AMD64 ARCHIVE_ARM64
set -euo pipefail
copy() { skopeo copy -q --dest-tls-verify=false --format oci --dest-compress-format "$format" "docker-archive:$1" "docker://$target:$2"; }
format=$1 target=$2
copy "$3" amd64
copy "$4" arm64
