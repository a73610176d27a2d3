#!/usr/bin/env bash
# Asks for a file ten times a second, each time on a connection of its own, and writes what came of it: an HTTP status, or 000 where
# nothing came within two seconds.
#
#   poll.sh URL FILE
set -uo pipefail
while :; do
    curl -s -o /dev/null --max-time 2 -w '%{http_code}\n' "$1" >>"$2"
    sleep 0.1
done
