#!/bin/bash
# Fetches the libraries that the console stands on from npm, at the versions below, into api/console/vendor, and says
# so in the README there. Changed in them is only what a browser needs: where a module finds the other, and the
# pointers to source maps, which are not here.
#
#     scripts/console-libraries.sh
set -euo pipefail
cd "$(dirname "$0")/.."
libraries=(  # package@version, the file in it, and as what
    "preact@11.2.0 dist/preact.mjs preact.js"
    "preact@11.2.0 hooks/dist/hooks.mjs hooks.js"
    "htm@3.1.1 dist/htm.module.js htm.js"
)
to=api/console/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

rows=""
for row in "${libraries[@]}"; do
    read -r package path name <<<"$row"
    if [ ! -d "$work/$package" ]; then
        mkdir -p "$work/$package"
        npm pack --silent --pack-destination "$work" "$package" >/dev/null
        tar xzf "$work/${package/@/-}.tgz" -C "$work/$package"
    fi
    sed -e '/^\/\/# sourceMappingURL=/d' -e 's#from"preact"#from"./preact.js"#' \
        "$work/$package/package/$path" >"$to/$name"
    cp "$work/$package/package/LICENSE" "$to/${package%@*}.LICENSE"
    license=$(jq -r .license "$work/$package/package/package.json")
    rows+="| \`$name\` | $package | \`$path\` | $license | \`$(sha256sum "$to/$name" | cut -d' ' -f1)\` |"$'\n'
done

cat >"$to/README.md" <<END
# Libraries of the console

From npm, and all that the console has of others. \`scripts/console-libraries.sh\` fetches them again, at the versions
that it names; change those there, run it, and run the tests with the label \`console\`.

| file | package | in it | license | SHA-256 |
|---|---|---|---|---|
$rows
Changed in them: where \`hooks.js\` finds \`preact.js\`, and the pointers to source maps are gone.
END
