#!/bin/bash
# Makes docs/diagnosis-figures.md again: every misconfiguration in the lab and on real name servers, as `custdkim diagnose`
# sees it (release build; as root, or where users may make network namespaces). Wants a machine that does nothing else.
#
#     scripts/diagnosis-figures.sh [--at-once N] [--worlds lab,bind] [--json FILE]        see tests/diagnosis/run.py
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-packages.sh
cmake --preset release >/dev/null
cmake --build --preset release --target custdkim custdkim-lab -- --quiet
/usr/bin/python3 tests/diagnosis/run.py --custdkim build/release/custdkim --lab build/release/custdkim-lab \
    --report docs/diagnosis-figures.md "$@"
