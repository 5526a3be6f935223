#!/bin/bash
# fetch-envtest.sh FOLDER: kube-apiserver, etcd and kubectl from the archive of sigs.k8s.io/controller-tools, and
# kube-controller-manager and kube-scheduler of the same version from the Kubernetes release site. Each file is
# checked against its digest: the archive's pinned in versions.sh, the others' published next to them.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
source "$here/cache.sh"
source "$here/versions.sh"

folder=$(realpath "$1")
get() { curl -fsSL --retry 3 --connect-timeout 10 "$1"; }
check() { echo "$1  $2" | sha512sum --check --quiet >&2; }

say "downloading $envtest_url"
get "$envtest_url" >"$folder/envtest.tar.gz"
[ -z "$envtest_sha512" ] || check "$envtest_sha512" "$folder/envtest.tar.gz"
tar -xzf "$folder/envtest.tar.gz" -C "$folder" --strip-components=2 --no-same-owner
rm "$folder/envtest.tar.gz"

for program in kube-controller-manager kube-scheduler; do
  say "downloading $release_url/$program"
  get "$release_url/$program" >"$folder/$program"
  check "$(get "$release_url/$program.sha512" | cut -d' ' -f1)" "$folder/$program"
  chmod +x "$folder/$program"
done
"$folder/kube-apiserver" --version >&2
