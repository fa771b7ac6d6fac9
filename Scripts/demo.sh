#!/bin/sh
# The whole way in one go: program, evidence, window, package, verification, re-run.
# Usage: demo.sh BIN [REPOSITORY]. Writes to demo-output/, which it empties first.
set -eu

bin=$1
repository=${2:-.}
out=demo-output
assay="$bin/assay"
verify="$bin/assay-verify"
rm -rf "$out"
mkdir -p "$out"

say() { printf '\n\033[1m== %s\033[0m\n' "$1"; }
run() {
    printf '$ assay'
    printf ' %s' "$@"
    printf '\n'
    "$assay" "$@"
}
# Exit status 1 means findings, which a demonstration is expected to have.
findings() {
    run "$@" || [ $? -eq 1 ]
}

say "Example Imaging: a year of synthetic evidence"
run example "$out/example" --seed 42
export ASSAY_WORKSPACE="$out/example-workspace"
findings check "$out/example/program"
run apply "$out/example/program" --clock 2025-05-26T00:00:00Z
findings import "$out/example/evidence/1-before-update.jsonl"
run apply "$out/example/program-update" --clock 2026-02-10T12:00:00Z
findings import "$out/example/evidence/2-after-update.jsonl"
say "Its window"
findings assess
say "Why one of its exceptions is one, down to the log"
run explain leaver-removal-24h p-015
say "The same period as it was known in December: late evidence had not come yet"
findings assess --known-at 2025-12-01T00:00:00Z
say "Sealed, verified and re-run from the package alone"
findings assess >/dev/null
run package --out "$out/example.assay" --profile auditor
run fsck
mkdir "$out/elsewhere"
cp "$out/example.assay" "$out/elsewhere/"
"$assay" log trust >"$out/elsewhere/trust.json"
"$verify" verify "$out/elsewhere/example.assay" --trust "$out/elsewhere/trust.json"
"$verify" reperform "$out/elsewhere/example.assay" --trust "$out/elsewhere/trust.json"
say "For a buyer: digests in the place of personal fields, and every proof still holds"
run package --out "$out/buyer.assay" --profile buyer --with-verifier "$out/verifier.html"
"$verify" verify "$out/buyer.assay" --trust "$out/elsewhere/trust.json"

say "One byte of the copy is changed"
size=$(wc -c <"$out/elsewhere/example.assay")
offset=$((size / 2))
byte=$(dd if="$out/elsewhere/example.assay" bs=1 skip="$offset" count=1 2>/dev/null)
new=x
[ "$byte" = x ] && new=y
printf '%s' "$new" | dd of="$out/elsewhere/example.assay" bs=1 seek="$offset" conv=notrunc 2>/dev/null
if "$verify" verify "$out/elsewhere/example.assay"; then
    echo "demo: a changed package was not noticed" >&2
    exit 1
fi

say "This machine and the repository at $repository: real evidence"
export ASSAY_WORKSPACE="$out/real-workspace"
run init "$out/program" --organization "Demo Company" --domain demo.example
if [ "$repository" != . ]; then
    sed -i "s|path: \"*\.\"*|path: \"$repository\"|" "$out/program/sources.yaml"
fi
run apply "$out/program"
findings collect
echo "git counts $(git -C "$repository" rev-list --count HEAD) commits on this branch."
findings assess
say "A witness, as an auditor would run it, signs each state of the log"
"$assay" witness init --name witness.auditor.example --folder "$out/witness" >"$out/witness.vkey"
"$assay" log key >"$out/watched.vkeys"
"$assay" witness serve --folder "$out/witness" --logs "$out/watched.vkeys" --port 0 >"$out/witness.out" &
witness=$!
trap 'kill "$witness" 2>/dev/null || true' EXIT
until grep -q http "$out/witness.out"; do
    kill -0 "$witness"
    sleep 0.1
done
printf 'witness auditor %s %s\nquorum auditor\n' \
    "$(cat "$out/witness.vkey")" "$(sed 's/.* on //' "$out/witness.out")" >"$out/witnesses.policy"
run log configure --no-clocks --policy "$out/witnesses.policy"
run package --out "$out/real.assay" --profile auditor
run log status
"$assay" log trust >"$out/real-trust.json"
"$verify" verify "$out/real.assay" --trust "$out/real-trust.json"
"$verify" reperform "$out/real.assay" --trust "$out/real-trust.json"

say "Done: everything lies in $out"
