# Sourced. A cache of things that take long to make: each entry is made once, complete or not at all.

say() { echo "[$SECONDS s] $*" >&2; }

# cached NAME BUILDER [ARG...]: prints the folder of entry NAME. When there is none yet, the script BUILDER is run
# with an empty folder as its first argument, and the folder becomes the entry if it succeeds. Concurrent callers
# wait for the first; what a builder that died has left is removed.
cached() {
  local root name=$1 builder=$2
  root=$(cache_root)
  shift 2
  mkdir -p "$root"
  [ -d "$root/$name" ] || (
    flock -n 9 || { say "waiting for another run that makes $name" && flock 9; } || exit 1
    [ ! -d "$root/$name" ] || exit 0
    discard "$root/$name.partial" && mkdir "$root/$name.partial" || exit 1
    # Descriptor 9 stays here: what a builder leaves running must not hold the lock.
    bash "$builder" "$root/$name.partial" "$@" 9>&- >&2 || {
      say "could not make $name"
      discard "$root/$name.partial"
      exit 1
    }
    mv "$root/$name.partial" "$root/$name"
  ) 9>"$root/.$name.lock" || return 1
  echo "$root/$name"
}

is_cached() { [ -d "$(cache_root)/$1" ]; }
cache_root() { realpath -m "${MESHSTOR_CACHE:-$HOME/.cache/meshstor}"; }

# discard FOLDER: removes it, also where it holds read-only folders (as Go's and dpkg's do).
discard() {
  [ -d "$1" ] || return 0
  chmod -R u+w "$1" && rm -rf "$1"
}

# fingerprint FILE...: changes when any of the files does.
fingerprint() { cat "$@" | sha256sum | cut -c1-12; }
