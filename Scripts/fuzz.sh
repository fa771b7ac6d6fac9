#!/bin/sh
# Gives every parser of foreign bytes FUZZ_SECONDS (60) of made-up input under AddressSanitizer.
# Usage: fuzz.sh [TARGET…]. Corpora stay in .build-fuzz/corpus; what fails is kept in .build-fuzz/findings.
# With FUZZ_VECTORS=1 the tests of the log run first and leave published vectors and answers of OpenSSL among the seeds.
set -eu

seconds=${FUZZ_SECONDS:-60}
build=.build-fuzz
machine=$(uname -m)
clang=$(dirname "$(command -v swift)")/clang
[ -x "$clang" ] || clang=clang
runtime=$("$clang" -print-file-name="libclang_rt.fuzzer_no_main-$machine.a" 2>/dev/null || :)
if [ ! -f "${runtime:-}" ]; then
    echo "fuzz: skipped: this toolchain has no libFuzzer ($machine)" >&2
    exit 0
fi
export ASSAY_FUZZ_RUNTIME="$runtime"
# Release, or nothing would be fast enough; with its checks and all assertions of our own.
swift build -c release --sanitize address --build-path "$build" --product assay-fuzz -j "${FUZZ_JOBS:-2}" \
    -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp
program="$(swift build -c release --sanitize address --build-path "$build" --show-bin-path)/assay-fuzz"

# A trap must end the process at once for libFuzzer to see it. Foundation keeps some of its own for ever.
export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=detect_leaks=0
if [ "${FUZZ_VECTORS:-0}" = 1 ]; then
    ASSAY_FUZZ_SEEDS="$PWD/$build/seeds" swift test --filter '(LedgerTests\.(PublishedVectorTests|TimestampTests)|EndToEndTests\.ForgeryTests)'
fi
[ $# -gt 0 ] || set -- $("$program" list)
failed=""
for target; do
    corpus="$build/corpus/$target"
    seeds="$build/seeds/$target"
    mkdir -p "$corpus" "$seeds" "$build/findings"
    "$program" seeds "$target" "$seeds"
    echo "fuzz: $target, $seconds s"
    if "$program" "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/findings/$target-" "$corpus" "$seeds" >"$build/$target.log" 2>&1; then
        grep -E 'number_of_executed_units|peak_rss_mb' "$build/$target.log" | sed 's/^stat::/    /'
    else
        failed="$failed $target"
        tail -n 30 "$build/$target.log"
    fi
done
if [ -n "$failed" ]; then
    echo "fuzz: findings in:$failed (inputs in $build/findings)" >&2
    exit 1
fi
