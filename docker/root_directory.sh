#!/bin/sh
# root_directory.sh DIRECTORY PROGRAM...: makes the root directory of an image in which the programs run: them, the
# libraries that the loader finds for them, the list of public suffixes, and a user with directories of its own.
set -eu
root=$1
shift
user=10053

mkdir -p "$root/usr/bin" "$root/usr/share" "$root/etc/custdkim"
for program; do
    linked=$(ldd "$program")
    case $linked in
    *"not found"*) echo "$linked" >&2; exit 1 ;;
    esac
    cp "$program" "$root/usr/bin/"
    # "libz.so.1 => /lib/.../libz.so.1 (0x...)"; the loader itself has no arrow.
    echo "$linked" | sed -n 's|^[[:space:]]*\(.* => \)\{0,1\}\(/[^ ]*\) (0x.*|\2|p' |
        while read -r library; do cp -L --parents "$library" "$root"; done
done
cp -r /usr/share/publicsuffix "$root/usr/share/"

echo "custdkim:x:$user:$user::/:/nonexistent" >"$root/etc/passwd"
echo "custdkim:x:$user:" >"$root/etc/group"
install -d -m 1777 "$root/tmp"
install -d -m 0750 -o $user -g $user "$root/run/custdkim"
install -d -m 0700 -o $user -g $user "$root/var/lib/custdkim" "$root/var/lib/custdkim-lab"
