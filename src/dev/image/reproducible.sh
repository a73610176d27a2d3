#!/usr/bin/env bash
# What is committed, built twice, has to give the same image, to the byte: from clones in two folders, the second time with another
# time zone, language and umask, and on one processor. Says which files differ where it doesn't.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
cd "$root"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { echo "reproducible: $*" >&2; }

# build CLONE: its base and its image, as docs/operations/image.md says
build() {
    git clone -q "$root" "$1"
    cd "$1"
    say "$(git rev-parse --short HEAD) in $1"
    make image >"$1.log" 2>&1 || { tail -n 30 "$1.log" >&2; return 1; }
    say "$(cat target/jib-image.digest)"
}

one=$work/one another=$work/another/folder
(build "$one")
(umask 077 && export TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 && taskset -p -c 0 "$BASHPID" >/dev/null && build "$another")
for made in jib-image.digest factory-trust-image.tar base-image.tar; do
    cmp "$one/target/$made" "$another/target/$made" || differ=1
done
if [ -n "${differ:-}" ]; then
    diff -r "$one/target/image" "$another/target/image" >&2 || true
    exit 1
fi
say "the same image, twice"
