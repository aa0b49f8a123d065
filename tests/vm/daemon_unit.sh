#!/usr/bin/env bash
# `podrun daemon install` under a booted systemd: daemon_unit.sh BUILD
#
# A Debian with systemd boots in user-mode-linux, from a copy of a debootstrap tree (never the host's
# root: systemd-tmpfiles would empty its /tmp). tests/vm/daemon_unit_guest runs in it as a service.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "$1" && pwd)
limit=240
kubectl=$("$here/../conformance/fetch-kubectl")/new/kubectl
tree=$("$here/../support/debian-tree" systemd systemd systemd-sysv dbus procps libssl3 libsqlite3-0 \
  libyaml-0-2 libarchive13 tzdata kmod)
folder=$(mktemp -d "$(dirname "$tree")/unit-XXXXXX")
vm=''
# shellcheck disable=SC2317  # called by the trap
clean_up() {
  [[ -z $vm ]] || { kill -KILL "$vm" 2>/dev/null && wait "$vm" 2>/dev/null; } || true
  rm -rf --one-file-system "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

root=$folder/root
cp -a --reflink=auto "$tree" "$root"
mkdir -p "$root/opt/podrun" "$root/root/images" "$root/etc/systemd/system/multi-user.target.wants"
install -m 755 "$build"/bin/podrun{,-pod,-daemon,-image} "$root/opt/podrun/"
install -m 755 "$kubectl" "$root/usr/bin/kubectl"
install -m 755 "$here/daemon_unit_guest" "$root/root/guest"
cp "$build/images/busybox.tar" "$root/root/images/"
cp /usr/lib/uml/modules/*/kernel/fs/overlayfs/overlay.ko "$root/root/"
cat >"$root/etc/systemd/system/guest.service" <<'UNIT'
[Service]
Type=oneshot
ExecStart=/root/guest
StandardOutput=append:/root/output
StandardError=inherit
UNIT
ln -s ../guest.service "$root/etc/systemd/system/multi-user.target.wants/"
# overlayfs writes to a disk, not to hostfs; its module lies outside of the tree, and without udev
# fstab would wait for the device.
cat >"$root/etc/systemd/system/disk.service" <<'UNIT'
[Unit]
DefaultDependencies=no
Before=local-fs.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/insmod /root/overlay.ko
ExecStart=/usr/bin/mount -t ext4 /dev/ubda /var/lib/podrun
UNIT
mkdir -p "$root/etc/systemd/system/local-fs.target.wants" "$root/var/lib/podrun"
ln -s ../disk.service "$root/etc/systemd/system/local-fs.target.wants/"

# Boots until the guest has said its result, or powers off to be booted again.
boot() {
  "$here/boot" "$folder" "$limit" "rootflags=$root" init=/lib/systemd/systemd \
    systemd.unit=multi-user.target </dev/null >"$folder/console" 2>&1 &
  vm=$!
  wait "$vm" 2>/dev/null || true
  vm=''
}
boots=0
while [[ ! -s $root/root/result && $boots -lt 2 ]]; do
  boot
  boots=$((boots + 1))
done
cat "$root/root/output" 2>/dev/null || true
if [[ ! -s $root/root/result ]]; then
  echo "the machine ended without a result; its console:"
  tail -n 40 "$folder/console"
  exit 1
fi
exit "$(cat "$root/root/result")"
