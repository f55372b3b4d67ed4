#!/bin/bash
# Boots the Debian in DIRECTORY with its systemd as process 1, in namespaces of its own but for the network. As root. Ends
# when that machine is off; SIGKILL for it ends them all.
#
#     boot.sh DIRECTORY
set -euo pipefail
root=$1

if [ "${2:-}" != inside ]; then
    # Its units become control groups below one of ours, which is gone afterwards.
    groups=$(awk '$3 == "cgroup2" && !found { at = $2 } $3 == "cgroup" && $4 ~ /name=systemd/ { at = $2; found = 1 } END { print at }' /proc/mounts)
    group=$(mktemp -d "$groups/custdkim-boot.XXXXXX" 2>/dev/null) ||
        { echo "boot: skipped: there are no control groups that can be written to" >&2; exit 77; }
    # With process 1 all others of the machine are gone, and unshare(1) ends behind them.
    trap 'kill -KILL $(cat "/proc/$machine/task/$machine/children") 2>/dev/null || true; wait; find "$group" -depth -type d -exec rmdir {} \;' EXIT
    (echo $BASHPID >"$group/cgroup.procs"
     exec unshare --mount --pid --fork --kill-child --uts --ipc --cgroup "$0" "$root" inside) &
    machine=$!
    trap 'exit 0' TERM
    wait "$machine"
    exit
fi

hostname booted
mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
if grep -q 'cgroup .*name=systemd' /proc/mounts; then
    mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
    mkdir sys/fs/cgroup/systemd
    mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
else
    mount -t cgroup2 cgroup2 sys/fs/cgroup
fi
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
    touch dev/$device
    mount --bind /dev/$device dev/$device
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs tmpfs dev/shm
# Its own root, and not one by chroot(2), where user namespaces (PrivateUsers=) are refused.
mkdir -p old
pivot_root . old
umount --lazy /old
rmdir /old
# As systemd expects it of who made its container: what it mounts for a unit (credentials) goes on to it by this.
mount --make-rshared /
exec env -i container=custdkim-tests PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --log-target=null
