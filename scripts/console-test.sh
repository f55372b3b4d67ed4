#!/bin/bash
# Drives the console in Chromium against `custdkim-lab up`: the tests in tests/console, or those that are named.
#
#     scripts/console-test.sh [FILE]...
#
# CUSTDKIM_LAB is the program (build/release/custdkim-lab), CONSOLE_BUILD where libraries and screenshots go
# (build/release/console). Ends with 77, which means skipped, where npm or Chromium is not installed.
set -euo pipefail
cd "$(dirname "$0")/.."
export CUSTDKIM_LAB=${CUSTDKIM_LAB:-$PWD/build/release/custdkim-lab}
export CONSOLE_BUILD=${CONSOLE_BUILD:-$PWD/build/release/console}
for program in node npm chromium; do
    command -v "$program" >/dev/null || { echo "console: skipped, $program is not installed" >&2; exit 77; }
done

mkdir -p "$CONSOLE_BUILD/screenshots"
if ! cmp -s tests/console/package-lock.json "$CONSOLE_BUILD/package-lock.json"; then
    cp tests/console/package.json "$CONSOLE_BUILD/"
    (cd "$CONSOLE_BUILD" && cp "$OLDPWD/tests/console/package-lock.json" wanted.json && mv wanted.json package-lock.json &&
        npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || { rm -f "$CONSOLE_BUILD/package-lock.json"; exit 1; }
fi

files=("$@")
[ $# -gt 0 ] || files=(tests/console/*.test.mjs)
exec node --test "${files[@]}"
