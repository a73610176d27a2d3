# shellcheck shell=bash
# Argo CD's own controllers, as processes beside the cluster, and the life of a fleet under them. Sourced by e2e.sh.

argo_pins=$dev/gitops/argo-cd
argo=$cache/argo-cd-$(pinned github.com/argoproj/argo-cd/v3 "$argo_pins")

argo_tools() {
    command -v redis-server >/dev/null || { say "redis-server is missing; Debian: apt-get install redis-server"; exit 1; }
    [ -x "$argo/kustomize" ] || say "building Argo CD, and Helm and kustomize of the versions that it has, once: about 10 minutes with two cores"
    tool "$argo/argocd" "$argo_pins" github.com/argoproj/argo-cd/v3/cmd
    tool "$argo/helm" "$argo_pins" helm.sh/helm/v3/cmd/helm
    tool "$argo/kustomize" "$argo_pins" sigs.k8s.io/kustomize/kustomize/v5
}

# With its own CRDs and configuration, our health checks merged into that as examples/gitops says. It is told to keep the health of each
# object where kubectl sees it, not only in Redis. Its API server isn't there, so neither is the project that this makes.
start_argo() {
    local here=$run/argo-cd manifests redis_port repo_port
    redis_port=$(free_port) repo_port=$(free_port)
    manifests=$(module "$argo_pins" github.com/argoproj/argo-cd/v3)/manifests
    kubectl apply --server-side -k "$manifests/crds" >/dev/null
    kubectl create namespace argocd >/dev/null
    kubectl apply -n argocd -k "$manifests/base/config" >/dev/null
    kubectl -n argocd patch configmap argocd-cm --patch-file "$example/argo-cd/argocd-cm.yaml" >/dev/null
    kubectl apply -f - <<'EOF' >/dev/null
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: default, namespace: argocd}
spec:
  sourceRepos: ["*"]
  destinations: [{namespace: "*", server: "*"}]
  clusterResourceWhitelist: [{group: "*", kind: "*"}]
EOF
    mkdir -p "$here"/{tls,ssh,plugins,tmp}
    cp "$argo/argocd" "$here/argocd-repo-server"
    ln "$here/argocd-repo-server" "$here/argocd-application-controller"
    start redis redis-server --bind 127.0.0.1 --port "$redis_port" --save "" --dir "$here" --set-proc-title no
    start argocd-repo-server env ARGOCD_TLS_DATA_PATH="$here/tls" ARGOCD_SSH_DATA_PATH="$here/ssh" ARGOCD_GPG_ENABLED=false \
        ARGOCD_PLUGINSOCKFILEPATH="$here/plugins" TMPDIR="$here/tmp" PATH="$argo:$PATH" \
        "$here/argocd-repo-server" --address 127.0.0.1 --port "$repo_port" --metrics-address 127.0.0.1 --metrics-port "$(free_port)" \
        --redis "127.0.0.1:$redis_port" --disable-tls
    start argocd-application-controller env ARGOCD_TLS_DATA_PATH="$here/tls" ARGOCD_SSH_DATA_PATH="$here/ssh" \
        ARGOCD_FAKE_IN_CLUSTER=true \
        "$here/argocd-application-controller" --namespace argocd --kubeconfig "$KUBECONFIG" --metrics-port "$(free_port)" \
        --redis "127.0.0.1:$redis_port" --repo-server "127.0.0.1:$repo_port" --repo-server-plaintext --persist-resource-health
}

of_argo() { kubectl -n argocd "$@"; }
# As its interface asks for it; its user waits for three minutes.
argo_looks() { of_argo annotate --overwrite "application/$1" "argocd.argoproj.io/refresh=${2:-normal}" >/dev/null; }
argo_has_looked() { [ -z "$(of_argo get "application/$1" -o jsonpath='{.metadata.annotations.argocd\.argoproj\.io/refresh}')" ]; }
# argo_shows APPLICATION HEALTH: all is applied, nothing differs, and that is its health; of the fleet at the newest merge.
argo_shows() {
    local state='{.status.sync.status} {.status.operationState.phase} {.status.health.status}'
    [ "$(of_argo get "application/$1" -o jsonpath="$state")" = "Synced Succeeded $2" ] &&
        { [ "$1" != fleet ] || [ "$(of_argo get application/fleet -o jsonpath='{.status.sync.revision}')" = "$(newest_merge)" ]; }
}
argo_shows_object() { [ "$(of_argo get application/fleet -o jsonpath="{.status.resources[?(@.kind==\"$1\")].$2}")" = "$3" ]; }
argo_says() {
    of_argo get application/fleet -o jsonpath='{range .status.resources[*]}   {.kind} {.name}: {.health.status} {.health.message}{"\n"}{end}' |
        grep -E '^ *(Factory|RootRotation)'
}
syncs() { grep -c 'Initiated automated sync' "$logs/argocd-application-controller.log"; }

argo_story() {
    local before
    step "Argo CD: both Applications at once"
    start_argo
    fleet_begins
    merge fleet "A fleet"
    ours "$example/argo-cd/applications.yaml" | kubectl apply --validate=strict -f - >/dev/null
    must "the operator is Synced and Healthy" until_it_works argo_shows factory-trust Healthy

    step "Argo CD: the first root is not signed, and it shows that"
    must "the Factory is Suspended" until_it_works argo_shows_object Factory health.status Suspended
    argo_says
    first_root_is_signed
    argo_looks fleet
    must "the fleet is Synced and Healthy with the signature" until_it_works argo_shows fleet Healthy

    step "Argo CD: a rotation is declared, and it is shown to wait for people"
    rotation_is_declared
    argo_looks fleet
    must "the fleet is Synced and Suspended" until_it_works argo_shows fleet Suspended
    argo_says
    must "the Factory is Ready" fleet_is "True" factory/acme '{.status.conditions[?(@.type=="Ready")].status}'

    step "Argo CD: its signatures are merged, and root version 2 is published"
    rotation_is_signed
    argo_looks fleet
    must "the fleet is Synced and Healthy" until_it_works argo_shows fleet Healthy
    argo_says
    must "root is version 2" fleet_is 2 factory/acme '{.status.roles.root.version}'

    step "Argo CD: it finds no difference, and changes nothing"
    before="$(fleet_versions) $(syncs)"
    for application in factory-trust fleet; do
        argo_looks $application hard
        until_it_works argo_has_looked $application
    done
    must "both are Synced and Healthy" eval 'argo_shows factory-trust Healthy && argo_shows fleet Healthy'
    must "everything is as it was, and nothing was synced" test "$(fleet_versions) $(syncs)" = "$before"

    step "Argo CD: what leaves Git goes, but for Factory and namespace"
    fleet_is_emptied
    argo_looks fleet
    must "RootRotation and Target go" kubectl -n fleet wait --for=delete --timeout=60s rootrotation/alice-to-bob target/firmware-1.4.0.bin >/dev/null
    must "the Factory is told to differ, and stays" until_it_works argo_shows_object Factory status OutOfSync
    of_argo patch application/fleet --type merge -p '{"metadata": {"finalizers": ["resources-finalizer.argocd.argoproj.io"]}}' >/dev/null 2>&1
    must "the Application goes, with what is its own" of_argo delete --timeout=60s application/fleet >/dev/null
    must "Factory and trust stay" kubectl -n fleet get factory/acme configmap/acme-timestamp configmap/acme-root-2 >/dev/null
}
