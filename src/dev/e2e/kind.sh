# shellcheck shell=bash
# A cluster that Kind makes, where Docker works. Sourced like node.sh.

# shellcheck source=src/dev/e2e/service.sh
. src/dev/e2e/service.sh

# shellcheck source=src/dev/e2e/kind-image.sh
. src/dev/e2e/kind-image.sh

kind=$cache/kind-$(pinned sigs.k8s.io/kind "$dev/e2e/kind")/kind

unfit() {
    docker info >/dev/null 2>&1 || { echo "Docker doesn't answer"; return; }
    [ -z "$(docker ps -aq --filter name=ft-e2e-control-plane)" ] || echo "another run is up, or has left Kind's cluster ft-e2e behind"
}

# The kubelet doesn't start by itself where cgroups are of version 1.
start_cluster() {
    "$kind" create cluster --name ft-e2e --kubeconfig "$run/kubeconfig" --wait 180s --image "$node_image" --config - <<END
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
kubeadmConfigPatches: ["{kind: KubeletConfiguration, failCgroupV1: false}"]
END
    # A busy machine would give all that runs on the node together as much as one process.
    docker update --cpu-shares 8192 ft-e2e-control-plane >/dev/null
    export KUBECONFIG=$run/kubeconfig
}

import_image() { "$kind" load image-archive --name ft-e2e "$1"; }

on_node() { docker exec --privileged ft-e2e-control-plane "$@"; }

stop_cluster() {
    "$kind" delete cluster --name ft-e2e --kubeconfig "$run/kubeconfig"
    stop_all
}
