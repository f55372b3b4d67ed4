#!/bin/bash
# Installs what is missing, builds, then shows activation from end to end, with a real PowerDNS, OpenDKIM and dkimverify:
# nine customers who got their DNS wrong, each told why and mended; then an alternate CNAME that goes missing on day
# 10, and what that does to day 30. Ends by itself, within a quarter of an hour at the most.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-packages.sh
echo "building (the first time takes some minutes)"
cmake --preset release >/dev/null
cmake --build --preset release --target custdkim custdkim-lab -- --quiet
export CUSTDKIM=$PWD/build/release/custdkim CUSTDKIM_LAB=$PWD/build/release/custdkim-lab PYTHONDONTWRITEBYTECODE=1
cd tests/system
if timeout 900 /usr/bin/python3 -m unittest -v activation_journey_test; then
    echo "demonstration done: nine mistakes named, mended and signed for; one rotation warned of, held and resumed"
else
    echo "the demonstration failed; what happened is above" >&2
    exit 1
fi
