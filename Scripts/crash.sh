#!/bin/sh
# Kills an import (SIGKILL) at five moments and looks whether anything acknowledged is missing afterwards.
# Usage: crash.sh BIN [FACTS]. Works in a temporary folder, which it removes; exit status 1 means that facts were lost.
set -eu

assay="$1/assay"
facts=${2:-1000000}
# Batches that an import records at once, and so acknowledges; see the lines "recorded" of "assay import".
batch=50000
limit=1800
work=$(mktemp -d "${TMPDIR:-/tmp}/assay-crash.XXXXXX")
importer=
watch=

cleanup() {
    [ -z "$importer" ] || kill -9 "$importer" 2>/dev/null || :
    [ -z "$watch" ] || kill "$watch" 2>/dev/null || :
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 3' INT TERM HUP

if [ "$facts" -lt $((batch * 2)) ] || [ "$facts" -gt 2500000 ]; then
    echo "crash: between $((batch * 2)) and 2500000 facts, please" >&2
    exit 2
fi

# Nothing here may wait for ever. The watch goes by itself once this script is gone.
(
    seconds=0
    while [ "$seconds" -lt "$limit" ]; do
        sleep 1
        kill -0 $$ 2>/dev/null || exit 0
        seconds=$((seconds + 1))
    done
    echo "crash: took longer than $limit seconds" >&2
    kill -TERM $$
) &
watch=$!

mkdir "$work/program"
cat >"$work/program/all.yaml" <<'YAML'
organization: crash-test
name: Crash Test
domain: crash.example
---
system: portal
title: The portal
description: One web page.
---
control: OPS-01
title: The portal answers
statement: The portal answers whenever it is asked.
criteria: [A1.1]
owner: operations
frequency: continuous
nature: automated
tests: [portal-up]
---
test: portal-up
title: The portal answered every probe
kind: event
of: uptime.probe
require: p.up
---
period: january
from: 2025-01-01
to: 2025-02-01
YAML

echo "writing $facts facts, one a second from 2025-01-01 on"
awk -v count="$facts" 'BEGIN {
    for (n = 0; n < count; n++)
        printf "{\"kind\":\"uptime.probe\",\"id\":\"p-%d\",\"at\":\"2025-01-%02dT%02d:%02d:%02dZ\"," \
            "\"value\":{\"service\":\"portal\",\"up\":true}}\n",
            n, 1 + int(n / 86400), int(n / 3600) % 24, int(n / 60) % 60, n % 60
}' >"$work/facts.jsonl"

# One number out of what "fsck --format json" prints on standard input.
number() { sed -n "s/.*\"$1\":\([0-9][0-9]*\).*/\1/p"; }

# A moment's work, so that the next batch is hit in different phases: while it is read, written or committed.
spin() { awk -v turns="$1" 'BEGIN { for (n = 0; n < turns; n++) sum += n }'; }

# round NAME COUNT TURNS: imports into a new workspace and kills after COUNT acknowledgements and TURNS of waiting.
round() {
    export ASSAY_WORKSPACE="$work/$1"
    "$assay" apply "$work/program" >/dev/null 2>"$work/errors" || { cat "$work/errors" >&2; exit 3; }
    rm -f "$work/pipe"
    mkfifo "$work/pipe"
    "$assay" import "$work/facts.jsonl" >"$work/pipe" 2>"$work/errors" &
    importer=$!
    acknowledgements=0
    acknowledged=0
    while read -r word count rest; do
        [ "$word" = recorded ] || continue
        acknowledgements=$((acknowledgements + 1))
        acknowledged=$((acknowledged + count))
        if [ "$acknowledgements" -eq "$2" ]; then
            spin "$3"
            kill -9 "$importer" 2>/dev/null || :
        fi
    done <"$work/pipe"
    ended=0
    wait "$importer" 2>/dev/null || ended=$?
    importer=
    # 137 is 128 and the signal's number.
    case $ended in
    137) how=killed ;;
    0) how="over before the kill" ;;
    *)
        echo "crash: the import ended with $ended" >&2
        cat "$work/errors" >&2
        exit 3
        ;;
    esac
    clean=yes
    "$assay" fsck --format json >"$work/report" || clean=NO
    found=$(number items <"$work/report")
    verdict=kept
    if [ "$clean" != yes ] || [ "${found:-0}" -lt "$acknowledged" ]; then
        verdict=LOST
        lost=1
        cat "$work/report" >&2
    fi
    printf '%-8s after %2d acknowledgements: acknowledged %8d, found %8d, clean %s: %s\n' \
        "$how" "$acknowledgements" "$acknowledged" "${found:-0}" "$clean" "$verdict"
}

lost=0
batches=$(((facts + batch - 1) / batch))
for moment in 1 2 3 4 5; do
    # From the first acknowledgement to the last but one.
    after=$((1 + (batches - 2) * (moment - 1) / 4))
    [ "$moment" -eq 1 ] || rm -rf "$ASSAY_WORKSPACE"
    round "workspace-$moment" "$after" $(((moment - 1) * 1500000))
done

# The same file again brings what was missing, and nothing twice.
"$assay" import "$work/facts.jsonl" >/dev/null
"$assay" fsck --format json >"$work/report" || lost=1
found=$(number items <"$work/report")
echo "imported again: $found of $facts facts"
[ "$found" -eq "$facts" ] || lost=1
exit "$lost"
