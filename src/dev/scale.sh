#!/usr/bin/env bash
# How one operator bears many Factories: a throwaway control plane, N Factories (default 1000), and what they cost.
# Usage: src/dev/scale.sh [N]      HEAP=1g is the operator's heap.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scene=scale
heap=${HEAP:-1g}
count=${1:-1000}
namespaces=20
# shellcheck source=src/dev/demo/measure.sh
. src/dev/demo/measure.sh
for i in $(seq $namespaces); do kubectl create namespace "scale-$i" >/dev/null; done

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
before=$(writes)
sleep 60
echo "writes in an idle minute: $(($(writes) - before))"

began=$SECONDS
restart_operator
echo "restarted, and serving all, in $((SECONDS - began)) s; $(memory)"
