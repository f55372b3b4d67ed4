#!/bin/bash
# Builds the release programs and measures them; replaces the sections of docs/benchmarks.md, and the table of
# connectors in docs/protocol.md. Takes about an hour with all parts, and wants a machine that does nothing else.
#
#     scripts/bench.sh [--only PART,...] [--rounds N] [--seconds N] [--lasting N] [--keys N] [--big KEYS]
#
# See tests/bench/run.py; `lab` is a part, too: tests/bench/lab.py.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-packages.sh
cmake --preset release >/dev/null
cmake --build --preset release --target bench_programs custdkim-lab -- --quiet
bench() { /usr/bin/python3 tests/bench/run.py --custdkim build/release/custdkim --null build/release/null_remote --api-load build/release/api_load --signing-loop build/release/signing_loop --docs docs "$@"; }
lab() { /usr/bin/python3 tests/bench/lab.py --lab build/release/custdkim-lab --report docs/benchmarks.md; }
case "$*" in
  *--help*) bench --help ;;
  *--only\ lab) lab ;;
  *--only*) bench "$@" ;;
  *) bench "$@" && lab ;;
esac
