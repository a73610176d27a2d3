# shellcheck shell=bash
# A cluster that Kind makes, where Docker works. Sourced like node.sh.

# shellcheck source=src/dev/e2e/service.sh
. src/dev/e2e/service.sh

node_image=${E2E_KIND_IMAGE:-}

kind=$cache/kind-$(pinned sigs.k8s.io/kind "$dev/e2e/kind")/kind

unfit() {
    docker info >/dev/null 2>&1 || { echo "Docker doesn't answer"; return; }
    [ -z "$(docker ps -aq --filter name=ft-e2e-control-plane)" ] || echo "another run is up, or has left Kind's cluster ft-e2e behind"
}

start_cluster() {
    "$kind" create cluster --name ft-e2e --kubeconfig "$run/kubeconfig" --wait 180s ${node_image:+--image "$node_image"}
    export KUBECONFIG=$run/kubeconfig
}

import_image() { "$kind" load image-archive --name ft-e2e "$1"; }

on_node() { docker exec --privileged ft-e2e-control-plane "$@"; }

stop_cluster() {
    "$kind" delete cluster --name ft-e2e --kubeconfig "$run/kubeconfig"
    stop_all
}
