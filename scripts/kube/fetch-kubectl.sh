#!/bin/bash
# fetch-kubectl.sh FOLDER: kubectl 1.32 from Debian 13 (Debian 12's kubernetes-client is 1.20, too old for
# the manifests here). Only the program is taken out of its package; nothing is installed.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
source "$here/cache.sh"
source "$here/debian.sh"

folder=$(realpath "$1") work=$1/work
mkdir "$work" && work=$(realpath "$work")
debian_release "$work/apt" trixie
cd "$work"
apt-get -q=2 download kubectl
dpkg -x kubectl_*.deb root
cp root/usr/bin/kubectl "$folder/kubectl"
"$folder/kubectl" version --client >&2
discard "$work"
