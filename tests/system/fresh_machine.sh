#!/usr/bin/env bash
# What a newcomer sees: ./bootstrap run in a fresh minimal Debian, where nothing was installed by hand.
#
# The machine is a copy of a debootstrap tree (kept in the user's cache) in mount and pid namespaces of
# its own. It gets this repository's last commit, this host's apt sources, and the compiler cache.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=15
cache=${XDG_CACHE_HOME:-$HOME/.cache}/podrun

say() { echo "fresh machine: $*"; }

# How this host reaches its packages; what concerns downloaded files is left out.
copy_apt_configuration() {
  local each
  for each in sources.list sources.list.d apt.conf.d auth.conf.d keyrings trusted.gpg trusted.gpg.d \
    preferences.d; do
    rm -rf "${root:?}/etc/apt/$each"
    [[ ! -e /etc/apt/$each ]] || cp -a "/etc/apt/$each" "$root/etc/apt/$each"
  done
  rm -f "$root"/etc/apt/apt.conf.d/docker-*
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  [[ ! -d /etc/ssl/certs ]] || { mkdir -p "$root/etc/ssl" && cp -aL /etc/ssl/certs "$root/etc/ssl/"; }
}

# Runs in namespaces of its own: nothing that is mounted or started here outlives it.
inside() {
  local root=$1
  # As on any machine, the root is a mount: in a plain folder mounts cannot be kept from the host.
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/run"
  mount -t tmpfs tmpfs "$root/tmp"
  mkdir -p "$root/root/.cache/ccache" "$ccache" "$cache/archives/partial"
  mount --bind "$ccache" "$root/root/.cache/ccache"
  mount --bind "$cache/archives" "$root/var/cache/apt/archives"
  chroot "$root" /usr/bin/env -i HOME=/root PATH="$PATH" LANG=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} \
    ${https_proxy:+https_proxy="$https_proxy"} /root/podrun/bootstrap run --for "${seconds}s" </dev/null
}

check_screen() {
  local wanted
  for wanted in 'Scheduled' 'Created' 'Started' 'Kubia server starting'; do
    grep -q "$wanted" "$screen" || { say "the screen lacks $wanted" && return 1; }
  done
}

ccache=$(command -v ccache >/dev/null && ccache -k cache_dir || echo "$cache/ccache")
if [[ ${1:-} == --inside ]]; then
  inside "$2"
  exit
fi

tree=$(tests/support/debian-tree fresh)
root=$(mktemp -d "$cache/machine-XXXXXX")
screen=$cache/screen
# shellcheck disable=SC2317  # called by the trap
clean_up() { rm -rf --one-file-system "$root"; }
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
say "a copy of $tree"
cp -a --reflink=auto "$tree/." "$root/"
copy_apt_configuration
git -c safe.directory='*' clone -q --no-hardlinks "file://$PWD" "$root/root/podrun"
say "./bootstrap run --for ${seconds}s"
started=$SECONDS
result=0
setpriv --pdeathsig KILL -- unshare --mount --propagation private --pid --fork --kill-child -- \
  "$0" --inside "$root" >"$screen" 2>&1 || result=$?
grep -v '^\(Get:\|Selecting\|Preparing\|Unpacking\|Setting up\)' "$screen" | tail -n 60
say "exit code $result after $((SECONDS - started)) s"
[[ $result -eq 0 ]] && check_screen
