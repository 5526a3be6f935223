# Sourced. Programs that must be on this machine, by the Debian package that brings each.

# need COMMAND=PACKAGE...: installs the packages of missing commands when it can (root on Debian), else names them
# and fails.
need() {
  local pair missing=()
  for pair; do command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "missing: ${missing[*]}; install them (Debian packages) and run again" >&2
    return 1
  fi
  say "installing ${missing[*]}"
  # The package lists of a fresh machine are empty, those of an old one name files that are gone.
  apt-get -q=2 update >&2
  DEBIAN_FRONTEND=noninteractive apt-get -q=2 -o DPkg::Lock::Timeout=300 install --no-install-recommends -y "${missing[@]}" >&2
}
