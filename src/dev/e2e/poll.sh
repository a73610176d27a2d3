#!/usr/bin/env bash
# Asks for a file ten times a second, each time on a connection of its own, and writes what came of it: an HTTP status, or 000 where
# nothing came within two seconds. What isn't the file goes to FILE.failures.
#
#   poll.sh URL FILE
set -uo pipefail
while :; do
    status=$(curl -s -i -o "$2.answer" --max-time 2 -w '%{http_code}' "$1")
    [ "$status" = 200 ] || { printf '%(%T)T %s\n' -1 "$status"; [ "$status" = 000 ] || cat "$2.answer"; } >>"$2.failures"
    echo "$status" >>"$2"
    sleep 0.1
done
