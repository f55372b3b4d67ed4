#!/bin/bash
# Installs mailauth, a DKIM verifier from npm, for the system tests: the versions of tests/system/mailauth/package-lock.json.
#
#     scripts/mailauth.sh DIRECTORY
#
# Does nothing where they are there already. Ends with 77, which means skipped, where npm is not installed. Needs the network the
# first time.
set -euo pipefail
directory=$1
source=$(cd "$(dirname "$0")/.." && pwd)/tests/system/mailauth
for program in node npm; do
    command -v "$program" >/dev/null || { echo "mailauth: skipped, $program is not installed" >&2; exit 77; }
done
mkdir -p "$directory"
cmp -s "$source/package-lock.json" "$directory/package-lock.json" && exit 0
cp "$source/package.json" "$source/package-lock.json" "$directory/"
npm ci --prefix "$directory" --ignore-scripts --no-audit --no-fund --loglevel=error ||
    { rm -f "$directory/package-lock.json"; exit 1; }
