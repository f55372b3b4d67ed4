#!/bin/bash
# Installs what is missing, builds, and makes both Debian packages: build/release/packages/*.deb. Prints what it made.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-packages.sh
version=$(dpkg-parsechangelog -l packaging/debian/changelog -S Version)
cmake --preset release >/dev/null
cmake --build --preset release --target custdkim custdkim-lab packaged_files -- --quiet
built=$(build/release/custdkim --version)
if [ "$built" != "custdkim $version" ]; then
    echo "packages: packaging/debian/changelog begins with version $version, but this is $built; add an entry there" >&2
    exit 1
fi

# The same sources make the same octets: no file is younger than the changelog says.
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l packaging/debian/changelog -S Timestamp)
export SOURCE_DATE_EPOCH
cd build/release
rm -rf packages
if ! cpack >cpack.log 2>&1; then
    tail -n 20 cpack.log >&2
    echo "packages: cpack failed; the whole of its output is in build/release/cpack.log" >&2
    exit 1
fi
cd packages
for package in *.deb; do
    echo "packages: build/release/packages/$package, $(du -h "$package" | cut -f 1)"
done
