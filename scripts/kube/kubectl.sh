#!/bin/bash
# kubectl.sh: prints the path of a kubectl of version 1.32 or later. The first of: KUBECTL; the one in
# KUBEBUILDER_ASSETS; the one on PATH; Debian 13's (fetch-kubectl.sh), kept in the cache.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
source "$here/cache.sh"

recent() {
  local minor
  minor=$("$1" version --client --output=json 2>/dev/null | sed -n 's/.*"minor": "\([0-9]*\).*/\1/p') || return 1
  [ "${minor:-0}" -ge 32 ]
}

for candidate in "${KUBECTL:-}" ${KUBEBUILDER_ASSETS:+"$KUBEBUILDER_ASSETS/kubectl"} "$(command -v kubectl || true)"; do
  if [ -x "$candidate" ] && recent "$candidate"; then
    realpath --no-symlinks "$candidate"
    exit
  fi
done
folder=$(cached "kubectl-trixie-$(fingerprint "$here"/{fetch-kubectl,debian}.sh)" "$here/fetch-kubectl.sh")
echo "$folder/kubectl"
