#!/bin/bash
# Makes both Debian packages, looks at them, then installs, runs, upgrades, removes and purges them in a clean Debian
# 12, which debootstrap makes once (build/clean-debian.tar) and which lives in memory. As root. Leaves nothing behind:
# all of it is in namespaces of its own. At last docs/quickstart-platform.md is typed there, word by word.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "packages-test: skipped: only root can change into another Debian" >&2; exit 77; }

started=$SECONDS
scripts/packages.sh
base=$PWD/build/clean-debian.tar
if [ ! -e "$base" ]; then
    rootfs=$(mktemp -d "$PWD/build/clean-debian.XXXXXX")
    trap 'rm -rf "$rootfs" "$rootfs.log"' EXIT
    chmod 755 "$rootfs"
    scripts/clean-debian.sh "$rootfs" >"$rootfs.log" 2>&1 || { tail -n 20 "$rootfs.log" >&2; exit 1; }
    tar -C "$rootfs" --numeric-owner -cf "$base.new" .
    mv "$base.new" "$base"
fi
echo "packages-test: packages and clean Debian after $((SECONDS - started)) s"

export PACKAGES=$PWD/build/release/packages CLEAN_DEBIAN=$base PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH=$PWD/tests/packages:$PWD/tests/system
unshare --mount --pid --fork --kill-child --mount-proc /usr/bin/python3 -m unittest -v debs_test install_packages_test machine_test
unshare --mount --pid --fork --kill-child --mount-proc /usr/bin/python3 -m unittest -v booted_test
tests/documents/clean_machine_test.py
echo "packages-test: done after $((SECONDS - started)) s"
