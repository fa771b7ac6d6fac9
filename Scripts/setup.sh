#!/bin/sh
# Checks what the build needs, and installs what Debian or Ubuntu can give.
# Usage: setup.sh [--wanted] [PROGRAM[=PACKAGE]…]: further programs that are needed, or with --wanted only welcome, each in
# the package of its name unless another is named.
set -eu

isWanted=""
if [ "${1:-}" = --wanted ]; then
    isWanted=yes
    shift
fi
# Debian keeps some programs out of the path.
for folder in /usr/sbin /usr/lib/postgresql/*/bin; do
    [ -d "$folder" ] && PATH="$PATH:$folder"
done

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
# The target CXML is compiled and linked against it.
if [ ! -e /usr/include/libxml2/libxml/parser.h ] && ! pkg-config --exists libxml-2.0 2>/dev/null; then
    missing="$missing libxml2-dev"
fi
command -v git >/dev/null 2>&1 || missing="$missing git"
welcome=""
for program in "$@"; do
    command -v "${program%%=*}" >/dev/null 2>&1 || welcome="$welcome ${program#*=}"
done
[ -n "$isWanted" ] || missing="$missing$welcome"

# install PACKAGE…: by root, or by whoever may become root. Services that come with a package are not started.
install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    run=""
    # What is only welcome is not worth a question for a password.
    [ "$(id -u)" -eq 0 ] || run="sudo${isWanted:+ -n}"
    echo "setup: installing $*"
    $run apt-get update -qq && $run env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@"
}

if [ -n "$missing" ]; then
    # shellcheck disable=SC2086
    if ! install $missing; then
        echo "setup: please install:$missing" >&2
        exit 1
    fi
fi
if [ -n "$isWanted" ] && [ -n "$welcome" ]; then
    # shellcheck disable=SC2086
    install $welcome || echo "setup: going on without:$welcome"
fi
