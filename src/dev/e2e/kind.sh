# shellcheck shell=bash
# A cluster that Kind makes, where Docker works. Sourced like node.sh.

# shellcheck source=src/dev/e2e/service.sh
. src/dev/e2e/service.sh

node_image=${E2E_KIND_IMAGE:-}

unfit() {
    local command
    for command in docker kind; do
        command -v "$command" >/dev/null || { echo "$command is missing (https://kind.sigs.k8s.io)"; return; }
    done
    docker info >/dev/null 2>&1 || { echo "Docker doesn't answer"; return; }
    ! kind get clusters 2>/dev/null | grep -qx ft-e2e || echo "another run is up, or has left Kind's cluster ft-e2e behind"
}

start_cluster() {
    kind create cluster --name ft-e2e --kubeconfig "$run/kubeconfig" --wait 180s ${node_image:+--image "$node_image"}
    export KUBECONFIG=$run/kubeconfig
}

import_image() { kind load image-archive --name ft-e2e "$1"; }

on_node() { docker exec --privileged ft-e2e-control-plane "$@"; }

stop_cluster() {
    kind delete cluster --name ft-e2e --kubeconfig "$run/kubeconfig"
    stop_all
}
