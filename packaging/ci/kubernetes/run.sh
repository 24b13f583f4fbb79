#!/usr/bin/env bash
# Publishes a whole catalogue with Kubernetes Jobs on native amd64 and arm64 nodes.  Needs kubectl, jq, git and
# eulerpublisher here; an image with eulerpublisher, buildah, git and jq there; and in the namespace
#   configmap eulerpublisher-logins   logins.yml, a file of registries (see `-m`)
#   secret eulerpublisher-logins      the variables that it names
#
#   run.sh CATALOGUE_URL COMMIT IMAGE "-g docker.io -g quay.io" [PODS_AT_ONCE]
#
# Each level is built once the one before it is done; what failed takes only what needs it with it.  Nothing is shared
# but the registry: results travel in the pods' termination messages and come back as ConfigMaps.
set -euo pipefail
catalogue=${1:?the catalogue\'s address} commit=${2:?a commit} image=${3:?an image} registries=${4:?the -g options}
parallel=${5:-20}
here=$(cd "$(dirname "$0")" && pwd)
run=$(date -u +%Y%m%d%H%M%S)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git clone -q "$catalogue" "$work/catalogue"
git -C "$work/catalogue" checkout -q "$commit"
eulerpublisher container plan --meta "$work/catalogue" --matrix json >"$work/jobs.json"
levels=$(jq .levels "$work/jobs.json")
sources='[]'

filled() {  # FILE [WORD=VALUE...]
  local text word
  text=$(cat "$1")
  shift
  for word in "RUN=$run" "IMAGE=$image" "REGISTRIES=$registries" "CATALOGUE=$catalogue" "COMMIT=$commit" \
    "RESULTS=$sources" "PARALLEL=$parallel" "$@"; do
    text=${text//@${word%%=*}@/${word#*=}}
  done
  printf '%s\n' "$text"
}

# Until a Job has ended, well or not.
ended() {  # JOB
  until kubectl get job "$1" -o json | jq -e '[.status.conditions[]? | select(.status == "True") | .type] |
    any(. == "Complete" or . == "Failed")' >/dev/null; do sleep 10; done
}

for level in $(seq 0 $((levels - 1))); do
  names=()
  for arch in $(jq -r "[.jobs[] | select(.level == $level) | .architecture] | unique[]" "$work/jobs.json"); do
    count=$(jq "[.jobs[] | select(.level == $level and .architecture == \"$arch\")] | length" "$work/jobs.json")
    filled "$here/build.yaml" "LEVEL=$level" "ARCH=$arch" "COUNT=$count" | kubectl apply -f -
    names+=("ep-$run-build-$level-$arch")
  done
  for name in "${names[@]}"; do
    ended "$name"
    kubectl get pods -l "job-name=$name" -o json |
      jq -r '.items[].status.containerStatuses[]?.state.terminated | select(.exitCode == 0) | .message' >"$work/$name.json"
    [ -s "$work/$name.json" ] || continue
    kubectl create configmap "$name" --from-file="$name.json=$work/$name.json"
    sources=$(jq -c --arg name "$name" '. + [{configMap: {name: $name}}]' <<<"$sources")
  done
done

filled "$here/assemble.yaml" | kubectl apply -f -
ended "ep-$run-assemble"
kubectl logs "job/ep-$run-assemble"
kubectl get job "ep-$run-assemble" -o json | jq -e '.status.succeeded == 1' >/dev/null
