#!/bin/sh
# How many requests a second a replica answers, as devices ask: kept alive, then a connection each.
# Usage: src/dev/load.sh http://localhost:8080/NAMESPACE/FACTORY/timestamp.json   (needs wrk; 20 s in all)
set -eu
url=${1:?the URL of a file that is served}
for connection in keep-alive close; do
  printf '%-11s' "$connection"
  wrk -t1 -c32 -d10s -H "Connection: $connection" "$url" |
    awk '/Requests\/sec/ { rate = $2 } /Non-2xx|Socket errors/ { note = note "  " $0 } END { print rate " requests/s" note }'
done
