#!/usr/bin/env bash
# What it costs to keep forms current, beside DuckDB and PostgreSQL computing the same counts, in one run.
#
#   script/bench forms              1 M residents, 20 and 200 forms, both engines (about an hour with the release build)
#   script/bench forms 50000        fewer
#
# Prints lines that begin with FORMS or PEER; docs/benchmarks.md keeps them with the machine's load.
set -euo pipefail
cd "$(dirname "$0")/.."
residents=${1:-1000000}
folder=$(mktemp -d)
trap 'script/postgres-for-tests stop "$folder/tests" >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
GEWU_TEST_POSTGRES=$(script/postgres-for-tests start "$folder/tests")
export GEWU_TEST_POSTGRES GEWU_MEASURE_FORMS=$residents GEWU_MEASURE_EXPORT=$folder
chmod 755 "$folder"
swift build -c release --build-tests -Xswiftc -enable-testing
swift test -c release --skip-build -Xswiftc -enable-testing --filter FormMeasurement | grep '^FORMS'
python3 Benchmarks/forms_peers.py "$folder" "$GEWU_TEST_POSTGRES"
