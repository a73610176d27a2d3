#!/usr/bin/env bash
# The chart on a cluster with real pods: one that KUBECONFIG names (E2E_CLUSTER=mine; the image must be where its nodes find it), else
# a node on this machine. Installs with Helm, publishes a Factory through the Service, takes the leader away, upgrades, installs with
# Roles alone, and removes it all; a device polls meanwhile, and no request of its may fail.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=src/dev/e2e/node.sh
. src/dev/e2e/node.sh
pids=()
system=factory-trust-system

[ -f target/factory-trust-image.tar ] || give_up "no target/factory-trust-image.tar; make one: make image"
helm=${HELM:-$(command -v helm || ls target/clients/helm-*/helm 2>/dev/null || true)}
[ -n "$helm" ] || give_up "no helm: install it, or set HELM"
mkdir -p "$run/logs"

stop_polling() { [ -z "${poller:-}" ] || { kill "$poller" 2>/dev/null && wait "$poller" || true; poller=; }; }

if [ "${E2E_CLUSTER:-}" = mine ]; then
    trap stop_polling EXIT
else
    why=$(unfit)
    [ -z "$why" ] || { say "this machine can't be a node: $why"; exit "${E2E_UNFIT:-1}"; }
    assets=$(src/dev/control-plane.sh)
    export PATH="$assets:$PATH"
    build_node
    trap 'stop_polling; stop_node' EXIT
    trap 'exit 130' INT TERM
    start_node
fi

chart() { "$helm" "$@" -n "$system" --set image.pullPolicy=IfNotPresent --set-json 'resources.requests={"cpu":"10m","memory":"128Mi"}'; }
rolled_out() { kubectl -n "$1" rollout status deployment/factory-trust --timeout=300s; }
step() { say "$* ($(date -u +%T))"; }

step "helm install"
kubectl create namespace "$system" >/dev/null
kubectl label namespace "$system" pod-security.kubernetes.io/enforce=restricted >/dev/null
chart install factory-trust helm/factory-trust >/dev/null
rolled_out "$system"

step "a Factory, read through the Service"
kubectl create namespace fleet >/dev/null
kubectl -n fleet apply -f examples/factory-generate.yaml >/dev/null
factory=$(kubectl -n fleet get factory -o jsonpath='{.items[0].metadata.name}')
kubectl -n fleet wait --for=condition=Ready --timeout=120s "factory/$factory"
service=http://$(kubectl -n "$system" get service factory-trust -o jsonpath='{.spec.clusterIP}'):8080
until_it_works curl -fsS --max-time 5 "$service/fleet/$factory/timestamp.json"

# A connection for each request, ten a second, each answered within two seconds.
: >"$run/polls"
(
    while :; do
        curl -s -o /dev/null --max-time 2 -w '%{http_code}\n' "$service/fleet/$factory/timestamp.json" >>"$run/polls" || true
        sleep 0.1
    done
) &
poller=$!

holder() { kubectl -n "$system" get lease factory-trust -o jsonpath='{.spec.holderIdentity}'; }
refreshed() {
    kubectl -n fleet annotate --overwrite factory "$factory" "factory-trust.dev/refresh-requested=$(date -u +%FT%TZ)" >/dev/null
    kubectl -n fleet wait --for="jsonpath={.status.roles.timestamp.version}=$1" --timeout=90s "factory/$factory" >/dev/null
}

step "the leader's pod is deleted: another signs"
leader=$(holder)
kubectl -n "$system" delete pod "$leader" --wait=false >/dev/null
until_it_works eval '[ -n "$(holder)" ] && [ "$(holder)" != "'"$leader"'" ]'
refreshed 2
rolled_out "$system" >/dev/null

step "helm upgrade, under load"
chart upgrade factory-trust helm/factory-trust --set podAnnotations.e2e=upgraded >/dev/null
rolled_out "$system" >/dev/null
refreshed 3
stop_polling
failed=$(grep -vc '^200$' "$run/polls" || true)
say "$(wc -l <"$run/polls") requests meanwhile, $failed of them failed"
[ "$failed" = 0 ] || { sort "$run/polls" | uniq -c >&2; exit 1; }

step "the command line, in the image"
kubectl -n "$system" exec deploy/factory-trust -- kubectl-factory --version

step "helm uninstall keeps the fleet"
"$helm" uninstall factory-trust -n "$system" --wait >/dev/null
kubectl -n fleet get "factory/$factory" "configmap/$factory-timestamp" -o name

step "with Roles alone, it goes on"
chart install factory-trust helm/factory-trust --set 'rbac.namespaced=true,watchNamespaces={fleet}' >/dev/null
rolled_out "$system" >/dev/null
[ -z "$(kubectl get clusterrolebinding -o name | grep factory-trust || true)" ]
refreshed 4

"$helm" uninstall factory-trust -n "$system" --wait >/dev/null
kubectl delete namespace fleet "$system" --timeout=60s >/dev/null
say "passed"
