#!/usr/bin/env bash
# What is committed, built twice, has to give the same image, layer for layer but the last: from clones in two folders, with another
# time zone, language and umask in the second. Says which file differs where it doesn't.
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
}

(build "$work/one")
(umask 077 && export TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 && build "$work/another/folder")
image=target/factory-trust-image.tar
JAVA_HOME=$(src/dev/jdk.sh) python3 src/dev/image/differences.py "$work/one/$image" "$work/another/folder/$image"
layers() { tar -xOf "$work/$1/$image" manifest.json | grep -o '[0-9a-f]*\.tar\.gz' | sort; }
same=$(comm -12 <(layers one) <(layers another/folder) | wc -l)
say "of $(layers one | wc -l) layers, $same are the same twice; $(cat "$work/one/target/jib-image.digest")"
