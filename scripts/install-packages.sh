#!/bin/bash
# Installs the packages of packages.txt, or those that are named, that are missing. Needs root or sudo only if there are any.
# No service is started: PowerDNS and the like are run by the tests, on loopback and ports of their own.
set -euo pipefail
cd "$(dirname "$0")"

wanted=("$@")
[ $# -gt 0 ] || mapfile -t wanted < <(sed 's/#.*//; s/[[:space:]]//g; /^$/d' packages.txt)
missing=()
# npm comes with the nodejs of others than Debian, which provides it.
there=" $(dpkg-query -W -f '${db:Status-Status}:${Package},${Provides}\n' |
    sed -n 's/^installed://p' | tr ',' '\n' | awk 'NF { print $1 }' | tr '\n' ' ')"
for package in "${wanted[@]}"; do
    case $there in *" $package "*) ;; *) missing+=("$package") ;; esac
done
if [ ${#missing[@]} -eq 0 ]; then
    echo "packages: all ${#wanted[@]} are there"
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "install these packages as root first: ${missing[*]}" >&2; exit 2; }
    as_root=(sudo)
fi

# policy-rc.d is Debian's way to say that nothing may be started; it goes again when we are done.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi

echo "packages: installing ${missing[*]}"
log=$(mktemp)
root=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive)
apt=("${root[@]}" apt-get -y -qq --no-install-recommends -o DPkg::Lock::Timeout=600)
install_missing() { "${apt[@]}" update && "${apt[@]}" install "${missing[@]}"; }
# What an installation that was cut off has left behind stands in apt-get's way until it is finished.
install_after_all() {
    install_missing && return
    [ -n "$(dpkg --audit)" ] || return
    echo "packages: finishing an installation that was interrupted" >&3
    "${root[@]}" dpkg --configure -a || true # what lacks a dependency is for apt-get to mend
    "${apt[@]}" --fix-broken install && install_missing
}
if ! install_after_all 3>&1 >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "packages: apt-get failed; the whole of its output is in $log" >&2
    exit 1
fi
rm -f "$log"
echo "packages: ${#missing[@]} installed"
