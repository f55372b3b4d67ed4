#!/bin/bash
# Holds docs/openapi.yaml against the schema of OpenAPI 3.1 itself, with a validator from npm at a fixed version. Ends with 77,
# which means skipped, where npm is not installed. Needs the network the first time.
set -euo pipefail
cd "$(dirname "$0")/.."

validator=@seriousme/openapi-schema-validator@2.11.0
command -v npm >/dev/null || { echo "openapi-check: npm is not installed: skipped"; exit 77; }
exec npm exec --yes --package="$validator" -- validate-api docs/openapi.yaml
