#!/usr/bin/env bash
# How one operator bears many Factories: a throwaway control plane, N Factories (default 1000), and what they cost.
# Usage: src/dev/scale.sh [N]      HEAP=1g is the operator's heap.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scene=scale
# shellcheck source=src/dev/demo/cluster.sh
. src/dev/demo/cluster.sh
count=${1:-1000}
namespaces=20
[ ! -e "$run" ] || { say "it is still up, in $run"; exit 1; }
JAVA_HOME=$(src/dev/jdk.sh)
assets=$(src/dev/control-plane.sh)
export JAVA_HOME PATH="$assets:$PATH" KUBECONFIG=$run/kubeconfig JAVA_TOOL_OPTIONS="-Xmx${HEAP:-1g}"
mvn -q -B --no-transfer-progress -DskipTests package >&2
mkdir -p "$run" "$logs"
trap stop_all EXIT
trap 'exit 130' INT TERM

start_control_plane
kubectl apply -f crds >/dev/null
kubectl apply -k deploy >/dev/null
for i in $(seq $namespaces); do kubectl create namespace "scale-$i" >/dev/null; done
kubectl wait --for=condition=Established --timeout=30s crd/factories.factory-trust.dev >/dev/null

operator_pid() { awk '$2 == "operator" {pid = $1} END {print pid}' "$run/processes"; }
memory() {
    local pid
    pid=$(operator_pid)
    "$JAVA_HOME/bin/jcmd" "$pid" GC.run >/dev/null
    printf 'resident %s MiB, heap in use after a collection %s MiB, %s threads\n' \
        $(($(awk '/VmRSS/ {print $2}' "/proc/$pid/status") / 1024)) \
        "$("$JAVA_HOME/bin/jcmd" "$pid" GC.heap_info | sed -n 's/.*used \([0-9]*\)K.*/\1/p' |
            awk '{sum += $1} END {print int(sum / 1024)}')" \
        "$(awk '/Threads/ {print $2}' "/proc/$pid/status")"
}
published() { kubectl get --raw /apis/factory-trust.dev/v1alpha1/factories | grep -o '"reason":"Published"' | wc -l; }
scrape() { curl -fsS -o "$run/scrape" -w '%{size_download} bytes in %{time_total} s' "$management_url/q/metrics"; }

start_operator
echo "empty: $(memory)"

for i in $(seq "$count"); do
    cat <<EOF
---
apiVersion: factory-trust.dev/v1alpha1
kind: Factory
metadata: {name: fleet-$i, namespace: scale-$((i % namespaces + 1))}
spec: {bootstrap: {generate: {}}}
EOF
done >"$run/factories.yaml"
began=$SECONDS
kubectl create -f "$run/factories.yaml" >/dev/null
echo "$count Factories created in $((SECONDS - began)) s"
while [ "$(published)" -lt "$count" ]; do
    ((SECONDS - began < 1800)) || give_up "$(published) of $count are published after half an hour"
    sleep 2
done
echo "$count Factories published $((SECONDS - began)) s after the first was created"
sleep 20
echo "idle: $(memory)"
echo "metrics: $(scrape)"
before=$(kubectl get --raw /metrics | awk '/^apiserver_request_total.*verb="(POST|PUT|PATCH|DELETE)".*resource="(configmaps|secrets|factories|events)"/ {sum += $NF} END {print sum}')
sleep 60
after=$(kubectl get --raw /metrics | awk '/^apiserver_request_total.*verb="(POST|PUT|PATCH|DELETE)".*resource="(configmaps|secrets|factories|events)"/ {sum += $NF} END {print sum}')
echo "writes in an idle minute: $((after - before))"

pid=$(operator_pid)
kill "$pid"
while is_ours "$pid"; do sleep 0.1; done
sed -i '/ operator$/d' "$run/processes"
began=$SECONDS
start_operator
echo "restarted, and serving all, in $((SECONDS - began)) s; $(memory)"
