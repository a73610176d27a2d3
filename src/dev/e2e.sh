#!/usr/bin/env bash
# The chart on a cluster with real pods, a device polling all the while: installed as its first release and upgraded, a fleet's story
# through the Service, the leader deleted, killed, paused and cut off, a rolling upgrade, Roles alone, and removed again.
#
#   e2e.sh           all of it; KEEP=1 leaves the cluster up at the end, with what failed on it
#   e2e.sh gitops    instead of that: Flux and Argo CD install it, and a fleet, from Git, as examples/gitops has them
#   e2e.sh prepare   builds what it needs, and no more
#   e2e.sh up        brings up a cluster and leaves it, for people
#   e2e.sh stop      ends what KEEP=1 or up has left
#
# E2E_CLUSTER=mine takes the cluster of KUBECONFIG, which is left as it was found; its nodes must find the image (E2E_IMAGE, with its
# tag), and that of the first release (E2E_FIRST_IMAGE), or no upgrade from that is tried. E2E_CLUSTER=kind is one of Kind's, node
# a node on this machine; without it, Kind where Docker works.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scene=e2e
system=factory-trust-e2e
fleet=factory-trust-e2e-fleet
story=factory-trust-e2e-story
followers=(poller history)

# shellcheck source=src/dev/demo/cluster.sh
. src/dev/demo/cluster.sh
# What is up is ended as what it is, whatever the shell that ends it is set to.
if [ -f "$run/cluster" ]; then
    cluster=$(<"$run/cluster")
else
    cluster=${E2E_CLUSTER:-$(if docker info >/dev/null 2>&1; then echo kind; else echo node; fi)}
fi
case $cluster in mine | kind | node) ;; *) say "E2E_CLUSTER is mine, kind or node, not $cluster"; exit 1 ;; esac
# shellcheck source=src/dev/e2e/prepare.sh
. src/dev/e2e/prepare.sh
# Says how: unfit, start_cluster, import_image, service_address, stop_cluster, and, where there is a shell on its node, on_node.
# shellcheck source=src/dev/e2e/node.sh
. "src/dev/e2e/$cluster.sh"

# shellcheck source=src/dev/e2e/release.sh
. src/dev/e2e/release.sh

if [ "${1:-}" = gitops ]; then
    [ "$cluster" != mine ] || { say "E2E_CLUSTER is kind or node for this: it brings Flux and Argo CD, which your cluster may have"; exit 1; }
    system=factory-trust-system
    followers=(argocd-application-controller argocd-repo-server redis {helm,kustomize,source}-controller git)
    # shellcheck source=src/dev/gitops/git.sh
    . src/dev/gitops/git.sh
    # shellcheck source=src/dev/gitops/flux.sh
    . src/dev/gitops/flux.sh
    # shellcheck source=src/dev/gitops/argo-cd.sh
    . src/dev/gitops/argo-cd.sh
fi

if [ "${1:-}" = stop ]; then
    if [ -f "$run/cluster" ]; then
        assets=$(src/dev/control-plane.sh)
        export PATH="$assets:$PATH" KUBECONFIG=$run/kubeconfig
        stop_cluster
    fi
    rm -rf "$run"
    exit
fi
[ ! -e "$run" ] || { say "it is still up; end it first: src/dev/e2e.sh stop"; exit 1; }
why=$(unfit)
[ -z "$why" ] || { say "not on this machine, as $cluster: $why"; exit "${E2E_UNFIT:-1}"; }
mkdir -p "$run/keys" "$logs"
rm -rf "${logs:?}"/*
: >"$run/processes"

set -E
trap 'say "line $LINENO failed: $BASH_COMMAND"' ERR
clean_up() {
    local code=$?
    trap - EXIT ERR
    stop_compiling
    if [ -n "${up:-}" ] && [ -n "${KEEP:-}" ]; then
        say "left up; export KUBECONFIG=$KUBECONFIG; to end it: src/dev/e2e.sh stop"
    elif [ -n "${up:-}" ]; then
        collect_logs
        stop_polling
        stop_cluster
    else
        rm -rf "$run"
    fi
    exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# What follows the cluster ends before it does, which would wait for it.
stop_polling() {
    local name
    for name in "${followers[@]}"; do
        end "$(process_id "$name")"
        sed -i "/ $name\$/d" "$run/processes"
    done
}

collect_logs() {
    local pod
    kubectl get events --all-namespaces --sort-by .lastTimestamp >"$logs/events.txt" 2>/dev/null || true
    for pod in $(kubectl -n "$system" get pods -o name 2>/dev/null); do
        kubectl -n "$system" logs --previous "$pod" >"$logs/${pod#pod/}.previous.log" 2>/dev/null || true
        kubectl -n "$system" logs "$pod" >"$logs/${pod#pod/}.log" 2>/dev/null || true
    done
}

JAVA_HOME=$(src/dev/jdk.sh)
assets=$(src/dev/control-plane.sh)
export JAVA_HOME PATH="$assets:$PATH"
prepare
case ${1:-} in
    prepare) exit ;;
    gitops)
        flux_tools
        argo_tools
        ;;
esac

up=yes
echo "$cluster" >"$run/cluster"
start_cluster
for archive in "$image" "$first_image"; do [ ! -f "$archive" ] || import_image "$archive"; done
if [ "${1:-}" = up ]; then
    KEEP=1
    exit
fi

# shellcheck source=src/dev/demo/device.sh
. src/dev/demo/device.sh
# shellcheck source=src/dev/demo/play.sh
. src/dev/demo/play.sh
# shellcheck source=src/dev/e2e/leader.sh
. src/dev/e2e/leader.sh
step() { echo "e2e: $* ($(date -u +%T))"; }

began=$SECONDS
if [ "${1:-}" = gitops ]; then
    start_git
    install_prometheus_crds
    flux_story
    clear_cluster
    argo_story
    step "passed, in $((SECONDS - began)) s"
    exit
fi
kubectl create namespace "$system" >/dev/null
kubectl label namespace "$system" pod-security.kubernetes.io/enforce=restricted >/dev/null
kubectl create namespace "$fleet" >/dev/null
kubectl create namespace "$story" >/dev/null

installed_and_upgraded
helm_test_passes
story_is_told
leader_is_deleted
everything_is_replaced
if [ "$cluster" != mine ]; then
    leader_is_killed
    leader_is_paused
    leader_is_cut_off
else
    say "not tried on a cluster of yours: a leader killed, paused or cut off, for that takes a shell on its node"
fi
history_is_one
command_line_is_in_the_image
uninstalled_and_installed_with_roles_alone
remove_all
step "passed, in $((SECONDS - began)) s"
