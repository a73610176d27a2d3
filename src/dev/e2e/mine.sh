# shellcheck shell=bash
# A cluster that the user's KUBECONFIG names: it is left as it was found. Sourced like node.sh.

# shellcheck source=src/dev/e2e/service.sh
. src/dev/e2e/service.sh

unfit() {
    kubectl version >/dev/null 2>&1 || { echo "kubectl can't reach a cluster; KUBECONFIG is ${KUBECONFIG:-not set}"; return; }
    ! kubectl get crd -o name 2>/dev/null | grep factory-trust.dev >/dev/null || { echo "Factory Trust is installed there: its CRDs exist"; return; }
    ! kubectl get namespace -o name | grep -E "^namespace/($system|$fleet|$story)$" || echo "these are there already, or still"
}

start_cluster() {
    (umask 077 && kubectl config view --raw --flatten --minify >"$run/kubeconfig")
    export KUBECONFIG=$run/kubeconfig
    say "on $(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}'), as it is"
}

# Nobody but the user can bring an image to his nodes.
import_image() { :; }

stop_cluster() {
    remove_all
    stop_all
}
