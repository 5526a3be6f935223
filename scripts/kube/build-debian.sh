#!/bin/bash
# build-debian.sh FOLDER: kube-apiserver, kube-controller-manager and kube-scheduler 1.20.2, built from Debian 12's
# source package with Debian's Go, and etcd 3.4 from its binary package. Needs no more than the Debian archive;
# installs nothing. About 4.5 minutes on two idle cores, 119 MB read, 2 GB of disk while it runs.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
source "$here/cache.sh"
source "$here/debian.sh"

folder=$(realpath "$1") work=$1/work
mkdir "$work" && work=$(realpath "$work")

fetch() {
  debian_release "$work/apt" bookworm
  say 'package lists read'
  cd "$work"
  apt-get -q=2 source --download-only kubernetes
  apt-get -q=2 download golang-1.19-go golang-1.19-src golang-github-modern-go-reflect2-dev etcd-server
  say "downloaded $(du -csh ./*.deb ./*.tar.* | tail -1 | cut -f1)"
}

unpack() {
  local package
  for package in *.deb; do dpkg -x "$package" root; done
  dpkg-source --no-check -x kubernetes_*.dsc src >/dev/null
  # The vendored reflect2 1.0.1 crashes with Go >= 1.18 on the first custom resource, while /readyz says ok.
  # Debian's 1.0.2 does not.
  rm -rf src/vendor/github.com/modern-go/reflect2
  cp -a root/usr/share/gocode/src/github.com/modern-go/reflect2 src/vendor/github.com/modern-go/
  say unpacked
}

# The sources find each other by import path, as before Go modules.
prepare_go() {
  export GOROOT=$work/root/usr/lib/go-1.19 GOPATH=$work/gopath GOCACHE=$work/gocache
  export GO111MODULE=off GOPROXY=off GOFLAGS= CGO_ENABLED=0
  mkdir -p "$GOPATH/src/k8s.io"
  ln -s "$work/src" "$GOPATH/src/k8s.io/kubernetes"
  cd "$GOPATH/src/k8s.io/kubernetes"
}

# zz_generated.openapi.go is not part of the source package; upstream's Makefile generates it the same way.
generate_openapi() {
  local packages
  "$GOROOT/bin/go" build -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  packages=$( (grep -rl --include='*.go' '+k8s:openapi-gen=' staging/src/k8s.io pkg cmd plugin || true) |
    xargs -n1 dirname | sort -u | grep -v -e code-generator -e sample-apiserver -e /generated |
    sed -e 's#^staging/src/#k8s.io/kubernetes/vendor/#' -e '/^k8s.io/!s#^#k8s.io/kubernetes/#' | paste -sd,)
  "$work/openapi-gen" --input-dirs "$packages" --output-package k8s.io/kubernetes/pkg/generated/openapi \
    --output-file-base zz_generated.openapi --go-header-file hack/boilerplate/boilerplate.generatego.txt \
    --report-filename "$work/violations" --output-base "$GOPATH/src" 2>"$work/openapi.log" ||
    { cat "$work/openapi.log" >&2; return 1; }
  say 'OpenAPI definitions generated'
}

build() {
  local command server=k8s.io/kubernetes/vendor/k8s.io/component-base/version
  local client=k8s.io/kubernetes/vendor/k8s.io/client-go/pkg/version
  local version="-X $server.gitVersion=v1.20.2 -X $server.gitMajor=1 -X $server.gitMinor=20"
  version+=" -X $server.gitTreeState=archive -X $client.gitVersion=v1.20.2"
  for command in kube-apiserver kube-controller-manager kube-scheduler; do
    "$GOROOT/bin/go" build -trimpath -ldflags "-s -w $version" -o "$folder/$command" "./cmd/$command"
    say "built $command"
  done
}

say 'building a Kubernetes 1.20.2 control plane from the Debian archive, about 5 minutes'
fetch
unpack
prepare_go
generate_openapi
build
cp "$work/root/usr/bin/etcd" "$folder/etcd"
"$folder/kube-apiserver" --version >&2
discard "$work"
say done
