# Sourced. Debian packages as files, for a release that need not be this machine's, without touching its package
# state: the mirror and the keyring are those the machine already uses.

# debian_release FOLDER SUITE: a private apt state for SUITE in FOLDER; apt-get and dpkg-source use it afterwards.
debian_release() {
  local folder=$1 suite=$2 mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -r "$keyring" ] || { echo "no $keyring: this takes a Debian machine (package debian-archive-keyring)" >&2; return 1; }
  mirror=$(debian_mirror)
  mkdir -p "$folder"/{lists/partial,cache/archives/partial,state}
  printf 'Types: deb deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
    "$mirror" "$suite" "$keyring" >"$folder/debian.sources"
  : >"$folder/status"
  cat >"$folder/apt.conf" <<C
Dir::Etc::sourcelist "$folder/debian.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::State "$folder/state";
Dir::State::lists "$folder/lists";
Dir::State::status "$folder/status";
Dir::Cache "$folder/cache";
Acquire::Languages "none";
APT::Sandbox::User "root";
C
  export APT_CONFIG=$folder/apt.conf
  apt-get -q=2 update
}

# The archive that this machine's apt is set up with (`debian` as last part of its path).
debian_mirror() {
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' |
    awk '!mirror && /\/debian\/?$/ { mirror = $0 } END { if (mirror) print mirror; exit !mirror }' ||
    { echo 'no Debian archive among the sources of apt on this machine' >&2; return 1; }
}
