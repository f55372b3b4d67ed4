#!/bin/bash
# Makes the figures in docs/rotation.md again: the simulations (release build, some minutes of one core for every
# thousand seeds), then the throughput of real rotations, which wants a machine that does nothing else.
#
#     scripts/rotation-figures.sh [--seeds N] [--peer-seeds N]        see tests/bench/simulation.py
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-packages.sh
cmake --preset release >/dev/null
cmake --build --preset release --target custdkim-lab bench_programs -- --quiet
/usr/bin/python3 tests/bench/simulation.py --lab build/release/custdkim-lab --report docs/rotation.md "$@"
/usr/bin/python3 tests/bench/throughput.py --custdkim build/release/custdkim --openssl-loop build/release/openssl_loop \
    --lookup-loop build/release/lookup_loop --report docs/rotation.md
