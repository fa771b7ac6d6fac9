#!/bin/sh
# Runs the tests that are built, and ends with the failures alone: the output of a long run is often cut to its end.
# Usage: test.sh PROGRAM_SUITES: the pattern of suites that wait for programs; they run apart from those that compute,
# which would keep them waiting for long.
set -eu

apart=$1
swift=${SWIFT:-swift}
output=$(mktemp)
trap 'rm -f "$output"' EXIT
status=0

# A pipe would hide how the run ended; so its status goes through a file of its own.
run() {
    { "$swift" test --skip-build "$@" 2>&1 || echo $? > "$output.status"; } | tee -a "$output"
    if [ -e "$output.status" ]; then
        status=$(cat "$output.status")
        rm -f "$output.status"
    fi
}

run --skip "$apart"
run --filter "$apart"
if [ "$status" -ne 0 ]; then
    echo
    echo "What failed, once more:"
    grep -E '^✘|error: |Fatal error' "$output" || echo "nothing that a test told: see the output above (exit $status)"
fi
exit "$status"
