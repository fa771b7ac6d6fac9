#!/bin/sh
# Checks that each target declares what its files import and no more (Package.swift), and that docs/architecture.md says
# the same. The compiler does not: it finds the modules of whatever was built before.
# Usage: imports.sh [FOLDER], the top of the checkout. Exit status 1: something disagrees, with its file and module.
set -eu
cd "${1:-.}"

work=$(mktemp -d "${TMPDIR:-/tmp}/assay-imports.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 3' INT TERM HUP

# The targets: "target KIND NAME PATH", then "needs NAME MODULE" for each dependency. Package.swift keeps to the few
# forms that are read here: names in quotation marks, and constants of type Target.Dependency or a list of them.
awk '
    # The text from a bracket on to the one that closes it.
    function enclosed(text, from,    depth, place, sign) {
        depth = 0
        for (place = from; place <= length(text); place++) {
            sign = substr(text, place, 1)
            if (sign ~ /[[({]/) depth++
            if (sign ~ /[])}]/ && --depth == 0) return substr(text, from, place - from + 1)
        }
        print "imports: Package.swift: a bracket is not closed" >"/dev/stderr"
        exit 1
    }
    # The text up to the comma or closing bracket that ends a value.
    function value(text,    depth, place, sign) {
        depth = 0
        for (place = 1; place <= length(text); place++) {
            sign = substr(text, place, 1)
            if (sign ~ /[[({]/) depth++
            if (sign ~ /[])}]/ && --depth < 0) break
            if (sign == "," && depth == 0) break
        }
        return substr(text, 1, place - 1)
    }
    # What stands in the first quotation marks.
    function quoted(text) {
        if (!match(text, /"[^"]*"/)) return ""
        return substr(text, RSTART + 1, RLENGTH - 2)
    }
    function needs(target, text,    name) {
        gsub(/package: *"[^"]*"/, "", text)
        while (match(text, /"[^"]*"|[A-Za-z][A-Za-z0-9]*/)) {
            name = substr(text, RSTART, RLENGTH)
            text = substr(text, RSTART + RLENGTH)
            if (name ~ /^"/) print "needs", target, quoted(name)
            else if (name in constants) needs(target, constants[name])
        }
    }
    { sub(/(^|[ \t])\/\/.*/, ""); all = all $0 "\n" }
    END {
        rest = all
        while (match(rest, /let [A-Za-z0-9]+: (Target\.Dependency|\[Target\.Dependency\]) = /)) {
            found = substr(rest, RSTART, RLENGTH)
            rest = substr(rest, RSTART + RLENGTH)
            split(found, words, /[ :]+/)
            end = match(rest, /\nlet |\n\n/) ? RSTART : length(rest)
            constants[words[2]] = substr(rest, 1, end)
        }
        rest = all
        while (match(rest, /\.(target|testTarget|executableTarget|systemLibrary)\(/)) {
            kind = substr(rest, RSTART + 1, RLENGTH - 2)
            body = enclosed(rest, RSTART + RLENGTH - 1)
            rest = substr(rest, RSTART + RLENGTH)
            name = quoted(body)
            path = (kind == "testTarget" ? "Tests/" : "Sources/") name
            if (match(body, /path: *"/)) path = quoted(substr(body, RSTART))
            print "target", kind, name, path
            if (match(body, /dependencies: */)) needs(name, value(substr(body, RSTART + RLENGTH)))
        }
    }' Package.swift >"$work/targets"

# "import FILE LINE MODULE" for each import.
find Sources Tests Benchmarks Fuzz -name '*.swift' -exec awk '
    /^[ \t]*(@[A-Za-z_]+ +)?((public|package|internal|fileprivate|private) +)?import +[A-Za-z_]/ {
        sub(/.*import +/, "")
        sub(/^(struct|class|enum|protocol|typealias|func|let|var) +/, "")
        sub(/[^A-Za-z0-9_].*/, "")
        print "import", FILENAME, FNR, $0
    }' {} + >"$work/imports"

# "row NAME MODULE…" for each line of the table that lists what one target imports of ours.
awk -F ' *[|] *' '
    /^## / { isTable = $0 == "## Targets" }
    isTable && $2 ~ /^`[A-Za-z-]+`$/ && ($4 == "–" || $4 ~ /^[A-Za-z]+(, [A-Za-z]+)*$/) {
        name = $2
        gsub(/`/, "", name)
        gsub(/,|–/, "", $4)
        print "row", name, $4
    }' docs/architecture.md >"$work/rows"

sort "$work/imports" | awk '
    function told(text) { print "imports: " text; wrong = 1 }
    $1 == "target" { kind[$3] = $2; path[$3] = $4; ours[$3] = 1; known[$3] = 1; targets++; next }
    $1 == "needs" { declared[$2, $3] = 1; known[$3] = 1; next }
    # Of two folders one in the other, a file belongs to the inner one.
    $1 == "import" {
        own = ""
        longest = 0
        for (name in path) {
            if (index($2, path[name] "/") == 1 && length(path[name]) > longest) {
                own = name
                longest = length(path[name])
            }
        }
        used[own, $4] = 1
        if ($4 in known && $4 != own && !((own, $4) in declared)) {
            told($2 ":" $3 ": " own " imports " $4 ", which Package.swift does not declare for it")
        }
        next
    }
    $1 == "row" {
        rows++
        if (!($2 in ours)) { told("docs/architecture.md: " $2 " is no target"); next }
        split("", listed)
        for (place = 3; place <= NF; place++) {
            listed[$place] = 1
            if (!(($2, $place) in declared)) {
                told("docs/architecture.md: " $2 " has " $place ", which Package.swift does not declare for it")
            }
        }
        for (name in ours) {
            if (($2, name) in declared && !(name in listed)) {
                told("docs/architecture.md: " $2 " lacks " name ", which Package.swift declares for it")
            }
        }
    }
    END {
        for (pair in declared) {
            split(pair, names, SUBSEP)
            # That a program is built before its tests run is no import.
            if (kind[names[2]] == "executableTarget" || pair in used) continue
            told("Package.swift: " names[1] " declares " names[2] ", which none of its files imports")
        }
        if (targets == 0 || rows == 0) told("no target in Package.swift, or no table in docs/architecture.md")
        exit wrong
    }' "$work/targets" - "$work/rows"
