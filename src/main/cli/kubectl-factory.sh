#!/bin/sh
# kubectl runs this file for `kubectl factory`. A jar follows the last line; it needs Java 25 or newer.
path=
if java=$(command -v java) && java=$(readlink -f "$java") && [ -n "$java" ]; then
    path=$(dirname "$(dirname "$java")")
fi
for home in "${JAVA_HOME:-}" "$path" /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    case $home in /*) ;; *) continue ;; esac
    [ -x "$home/bin/java" ] || continue
    version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null)
    if [ "${version:-0}" -ge 25 ]; then
        exec "$home/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow -jar "$0" "$@"
    fi
done
echo "kubectl-factory needs Java 25 or newer: install it, or set JAVA_HOME to where it is" >&2
exit 2
