#!/bin/bash
# assets.sh: prints the folder that holds a real control plane (kube-apiserver, etcd, and normally
# kube-controller-manager and kube-scheduler). The first of:
#   1. KUBEBUILDER_ASSETS, if set;
#   2. where the internet can be reached, the official binaries of a pinned current version (versions.sh);
#   3. version 1.20.2, built from the Debian archive (build-debian.sh).
# 2 and 3 are kept in ${MESHSTOR_CACHE:-~/.cache/meshstor} and made once. Progress goes to stderr.
# MESHSTOR_KUBE_SOURCE=envtest|debian skips the choice between 2 and 3.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
source "$here/cache.sh"
source "$here/need.sh"
source "$here/versions.sh"

# What the harness in test/kube runs besides.
need openssl=openssl setpriv=util-linux flock=util-linux

envtest_key=$(printf '%s\n' "$envtest_url" "$release_url" "$envtest_sha512" | fingerprint - "$here/fetch-envtest.sh")
envtest_entry=envtest-$kubernetes_version-$envtest_key

given() {
  [ -x "$KUBEBUILDER_ASSETS/kube-apiserver" ] && [ -x "$KUBEBUILDER_ASSETS/etcd" ] ||
    { echo "KUBEBUILDER_ASSETS=$KUBEBUILDER_ASSETS holds no kube-apiserver and etcd" >&2; return 1; }
  realpath "$KUBEBUILDER_ASSETS"
}
envtest() {
  need curl=curl
  cached "$envtest_entry" "$here/fetch-envtest.sh"
}
debian() {
  need dpkg-source=dpkg-dev patch=patch xz=xz-utils
  cached "kube-1.20.2-$(fingerprint "$here"/{build-debian,debian}.sh)" "$here/build-debian.sh"
}

choice() {
  if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then echo given
  elif [ -n "${MESHSTOR_KUBE_SOURCE:-}" ]; then echo "$MESHSTOR_KUBE_SOURCE"
  elif is_cached "$envtest_entry" || reachable; then echo envtest
  else echo debian
  fi
}
reachable() {
  need curl=curl && curl -fsIL --connect-timeout 3 --max-time 10 -o /dev/null "$envtest_url" 2>/dev/null
}

source=$(choice)
case $source in
given | envtest | debian) "$source" ;;
*) echo "MESHSTOR_KUBE_SOURCE=$source: must be envtest or debian" >&2 && exit 2 ;;
esac
