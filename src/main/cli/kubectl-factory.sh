#!/bin/sh
# kubectl runs this file for `kubectl factory`. A jar follows the last line; it needs Java 25 or newer.
path=
if java=$(command -v java) && java=$(readlink -f "$java") && [ -n "$java" ]; then
    path=$(dirname "$(dirname "$java")")
fi
jvm="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow"

# What Java loads and links for this very file, written down once: it takes half of the time to start.
make_cache() {
    trap '' HUP
    umask 077
    mkdir -p "$folder" || return
    find "$folder" -type f \( -name '*.making' -mmin +60 -o -name '*.aot' -mtime +30 \) -exec rm -f {} +
    (set -C && : >"$aot.making") || return
    nice "$home/bin/java" $jvm -XX:AOTCacheOutput="$aot.new" -jar "$0" __warm-up && mv -f "$aot.new" "$aot"
    rm -f "$aot.making" "$aot.new" "$aot.new.config"
}

for home in "${JAVA_HOME:-}" "$path" /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    case $home in /*) ;; *) continue ;; esac
    [ -x "$home/bin/java" ] || continue
    version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null)
    [ "${version:-0}" -ge 25 ] || continue
    aot=
    folder=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
    if [ -n "$folder" ] && [ "${KUBECTL_FACTORY_CACHE:-}" != off ]; then
        folder=$folder/kubectl-factory
        aot=$folder/$({ ls -lLn "$0"; echo "$home"; cat "$home/release"; } | cksum | tr ' ' -).aot
        if [ ! -O "$aot" ]; then
            # Nobody waits for it. A script, which may be on a machine that lives for a minute, has to ask for it.
            if [ -t 2 ] || [ "${KUBECTL_FACTORY_CACHE:-}" = on ]; then
                (make_cache &) </dev/null >/dev/null 2>&1
            fi
            aot=
        fi
    fi
    # A cache that doesn't fit is no news; Java would tell of it on the standard output.
    exec "$home/bin/java" $jvm ${aot:+"-XX:AOTCache=$aot"} -Xlog:disable -jar "$0" "$@"
done
echo "kubectl-factory needs Java 25 or newer: install it, or set JAVA_HOME to where it is" >&2
exit 2
