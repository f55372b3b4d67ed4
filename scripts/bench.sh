#!/bin/bash
# Builds the release programs and measures them; writes docs/benchmarks.md. Takes about a quarter of an hour
# with the big zone, and wants a machine that does nothing else.
#
#     scripts/bench.sh [--rounds N] [--seconds N] [--big KEYS]        see tests/bench/run.py
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-packages.sh
cmake --preset release >/dev/null
cmake --build --preset release --target bench_programs custdkim-lab -- --quiet
/usr/bin/python3 tests/bench/run.py --custdkim build/release/custdkim --null build/release/null_remote \
    --report docs/benchmarks.md "$@"
/usr/bin/python3 tests/bench/lab.py --lab build/release/custdkim-lab --report docs/benchmarks.md
