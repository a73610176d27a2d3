#!/usr/bin/env bash
# What a measurement begins with: a throwaway control plane, and what the operator costs. Sourced with $scene and $heap set.

# shellcheck source=src/dev/demo/cluster.sh
. src/dev/demo/cluster.sh
[ ! -e "$run" ] || { say "it is still up, in $run"; exit 1; }
JAVA_HOME=$(src/dev/jdk.sh)
assets=$(src/dev/control-plane.sh)
export JAVA_HOME PATH="$assets:$PATH" KUBECONFIG=$run/kubeconfig JAVA_TOOL_OPTIONS="-Xmx$heap"
mvn -q -B --no-transfer-progress -DskipTests package >&2
mkdir -p "$run" "$logs"
trap stop_all EXIT
trap 'exit 130' INT TERM

start_control_plane
kubectl apply -f crds >/dev/null
kubectl apply -k deploy >/dev/null
kubectl wait --for=condition=Established --timeout=30s crd/factories.factory-trust.dev >/dev/null

memory() {
    local pid
    pid=$(process_id operator)
    "$JAVA_HOME/bin/jcmd" "$pid" GC.run >/dev/null
    printf 'resident %s MiB, heap in use after a collection %s MiB, %s threads, processor %s s\n' \
        $(($(awk '/VmRSS/ {print $2}' "/proc/$pid/status") / 1024)) \
        "$("$JAVA_HOME/bin/jcmd" "$pid" GC.heap_info | sed -n 's/.*used \([0-9]*\)K.*/\1/p' |
            awk '{sum += $1} END {print int(sum / 1024)}')" \
        "$(awk '/Threads/ {print $2}' "/proc/$pid/status")" \
        "$(awk '{print int(($14 + $15) / 100)}' "/proc/$pid/stat")"
}
writes() { kubectl get --raw /metrics | awk '/^apiserver_request_total.*verb="(POST|PUT|PATCH|DELETE|APPLY)".*resource="(configmaps|secrets|factories|targets|events)"/ {sum += $NF} END {print sum}'; }
restart_operator() {
    end "$(process_id operator)"
    sed -i '/ operator$/d' "$run/processes"
    start_operator
}
