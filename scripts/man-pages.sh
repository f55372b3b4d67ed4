#!/bin/bash
# Writes the parts of docs/*.1.md anew that are made of the programs' help.
#
#     scripts/man-pages.sh [DIRECTORY OF THE PROGRAMS]      build/release, unless another is named
set -euo pipefail
cd "$(dirname "$0")/.."
programs=${1:-build/release}
for program in custdkim custdkim-lab; do
  page=docs/$program.1.md
  made=$("$programs/$program" __manual "$page" && echo .)
  printf '%s' "${made%.}" >"$page"
done
