# Sourced. What is downloaded where there is internet.

kubernetes_version=${MESHSTOR_KUBERNETES_VERSION:-1.35.0}
architecture=$(dpkg --print-architecture 2>/dev/null || uname -m | sed -e s/x86_64/amd64/ -e s/aarch64/arm64/)
envtest_url=${MESHSTOR_ENVTEST_URL:-https://github.com/kubernetes-sigs/controller-tools/releases/download/envtest-v$kubernetes_version/envtest-v$kubernetes_version-linux-$architecture.tar.gz}
release_url=${MESHSTOR_KUBERNETES_URL:-https://dl.k8s.io/release/v$kubernetes_version/bin/linux/$architecture}

# Known for the default download only; another one is taken over TLS alone, unless its digest is given too.
envtest_sha512=${MESHSTOR_ENVTEST_SHA512-}
case $envtest_url in
*/envtest-v1.35.0-linux-amd64.tar.gz)
  envtest_sha512=${envtest_sha512:-130369c16f076e724d089189afaede960316f5f5dea6cf57be7a4fc6f09c77342893192509790e4056e116e232dff832ed863f5bd55dcb55d38f3ab834828a11}
  ;;
esac
