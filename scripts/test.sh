#!/bin/bash
# Installs what is missing, builds, and runs all tests but those with the labels slow, long, fidelity, diagnosis, packages and containers. Ends with a summary.
#
#     scripts/test.sh [PRESET]        release (the default), debug, asan or tsan
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
started=$SECONDS

scripts/install-packages.sh
cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset" -- --quiet
built=$SECONDS
result=0
ctest --preset "$preset" -j $((2 * $(nproc))) || result=$?  # many wait for another program rather than compute

total=$(ctest --preset "$preset" -N | sed -n 's/^Total Tests: //p')
echo
echo "preset $preset: built in $((built - started)) s, $total tests in $((SECONDS - built)) s"
[ $result -eq 0 ] && echo "all tests passed" || echo "SOME TESTS FAILED, see above"
exit $result
