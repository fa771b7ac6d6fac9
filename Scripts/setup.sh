#!/bin/sh
# Checks what the build needs, and installs what Debian or Ubuntu can give.
# Usage: setup.sh [PROGRAM…]: further programs that are wanted, each in the package of its name.
set -eu

if ! command -v swift >/dev/null 2>&1; then
    echo "setup: no swift on the PATH. Install Swift 6.2 or later from swift.org/install and try again." >&2
    exit 1
fi
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
major=${version%%.*}
minor=${version#*.}
if [ "${major:-0}" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
    echo "setup: found Swift ${version:-of an unknown version}; 6.2 or later is needed." >&2
    exit 1
fi

missing=""
if [ ! -e /usr/include/sqlite3.h ] && ! pkg-config --exists sqlite3 2>/dev/null; then
    missing="$missing libsqlite3-dev"
fi
# Foundation's XML parser is linked against it.
if [ ! -e /usr/include/libxml2/libxml/parser.h ] && ! pkg-config --exists libxml-2.0 2>/dev/null; then
    missing="$missing libxml2-dev"
fi
for program in git "$@"; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "setup: please install:$missing" >&2
        exit 1
    fi
    run=""
    [ "$(id -u)" -eq 0 ] || run="sudo"
    echo "setup: installing$missing"
    $run apt-get update -qq
    # shellcheck disable=SC2086
    $run apt-get install -y -qq --no-install-recommends $missing
fi
