#!/bin/bash
# Makes a clean Debian 12 in DIRECTORY, from the mirrors that this machine's apt uses; where it has none, from debootstrap's
# own. As root.
#
#     scripts/clean-debian.sh DIRECTORY
set -euo pipefail
root=$1
mirror() {
    # shellcheck disable=SC2016  # the words are for apt-get
    apt-get indextargets --format '$(REPO_URI) $(CODENAME)' "Created-By: Packages" | sed -n "s/ $1\$//p" | head -n 1
}
main=$(mirror bookworm) security=$(mirror bookworm-security)
debootstrap --variant=minbase bookworm "$root" ${main:+"$main"}
: "${main:=$(sed -n 's/^deb \([^ ]*\) .*/\1/p' "$root/etc/apt/sources.list" | head -n 1)}"
{
    echo "deb $main bookworm main"
    echo "deb $main bookworm-updates main"
    [ -z "$security" ] || echo "deb $security bookworm-security main"
} >"$root/etc/apt/sources.list"
rm -f "$root"/var/cache/apt/archives/*.deb
