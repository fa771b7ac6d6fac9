#!/bin/sh
# Runs the tests that are built, and ends with the failures alone: the output of a long run is often cut to its end.
# Usage: test.sh PATTERN…: the suites of each pattern run by themselves, after all others.
set -eu

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

others=$(printf '|%s' "$@")
run --skip "${others#|}"
for pattern in "$@"; do run --filter "$pattern"; done
if [ "$status" -ne 0 ]; then
    echo
    echo "What failed, once more:"
    grep -E '^✘|error: |Fatal error' "$output" || echo "nothing that a test told: see the output above (exit $status)"
fi
exit "$status"
