#!/bin/sh
# kubectl runs this file for `kubectl factory`. A jar follows the last line; it needs Java 25 or newer.
path=$(command -v java) && path=$(dirname "$(dirname "$(readlink -f "$path")")")
for home in "${JAVA_HOME:-}" "${path:-}" /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null)
    if [ "${version:-0}" -ge 25 ]; then
        exec "$home/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "$0" "$@"
    fi
done
echo "kubectl-factory needs Java 25 or newer: install it, or set JAVA_HOME to where it is" >&2
exit 2
