#!/bin/bash
# Builds the documents as a site: build/site/index.html, or the directory that is named. A warning is an error.
#
#     scripts/site.sh [DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/.."
command -v mkdocs >/dev/null || { echo "there is no mkdocs: scripts/install-packages.sh installs it" >&2; exit 2; }
export PYTHONDONTWRITEBYTECODE=1
mkdocs build --strict --quiet --site-dir "${1:-build/site}"
echo "site: ${1:-build/site}/index.html"
