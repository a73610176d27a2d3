# shellcheck shell=bash
# Flux' own controllers, as processes beside the cluster, and the life of a fleet under them. Sourced by e2e.sh.

flux_pins=$dev/gitops/flux
flux=$cache/flux-$(pinned github.com/fluxcd/kustomize-controller "$flux_pins")

flux_tools() {
    local name
    [ -x "$flux/helm-controller" ] || say "building Flux' controllers, once: about 6 minutes with two cores"
    for name in source kustomize helm; do tool "$flux/$name-controller" "$flux_pins" "github.com/fluxcd/$name-controller"; done
}

# As Flux' own manifests have it: with all rights, at home in namespace flux-system.
start_flux() {
    local name port
    port=$(free_port)
    mkdir -p "$run/flux/artifacts"
    for name in source kustomize helm; do
        kubectl apply --server-side -f "$(module "$flux_pins" "github.com/fluxcd/$name-controller")/config/crd/bases" >/dev/null
        # stop_all knows a process by the folder in its command line.
        cp "$flux/$name-controller" "$run/flux/"
    done
    kubectl create namespace flux-system >/dev/null
    export RUNTIME_NAMESPACE=flux-system
    start source-controller "$run/flux/source-controller" --storage-path "$run/flux/artifacts" --storage-addr "127.0.0.1:$port" \
        --storage-adv-addr "127.0.0.1:$port" --health-addr 0 --metrics-addr 0
    for name in kustomize helm; do
        start "$name-controller" "$run/flux/$name-controller" --requeue-dependency 5s --health-addr 0 --metrics-addr 0
    done
}

of_flux() { kubectl -n flux-system "$@"; }
# As `flux reconcile` does it; its user waits for the interval.
flux_looks() { of_flux annotate --overwrite "$1" "reconcile.fluxcd.io/requestedAt=$(date -u +%FT%T.%NZ)" >/dev/null; }
flux_has_looked() { [ "$(of_flux get "$1" -o jsonpath='{.status.lastHandledReconcileAt}')" = "$(of_flux get "$1" -o jsonpath='{.metadata.annotations.reconcile\.fluxcd\.io/requestedAt}')" ]; }
flux_says() { of_flux get kustomization/fleet -o jsonpath="{.status.conditions[?(@.type==\"Ready\")].$1}"; }
# Ready, and at the newest merge.
flux_is_done() { [[ "$(flux_says status) $(flux_says message)" == "True Applied revision: main@sha1:$(newest_merge)" ]]; }

flux_story() {
    local began before
    step "Flux: the operator's HelmRelease, and the fleet after it"
    start_flux
    fleet_begins
    mkdir "$merges/fleet/operator"
    ours "$example/flux/operator/release.yaml" >"$merges/fleet/operator/release.yaml"
    merge fleet "A fleet"
    ours "$example/flux/fleet.yaml" | kubectl apply --validate=strict -f - >/dev/null
    must "the HelmRelease is ready" of_flux wait --for=condition=Ready --timeout=4m kustomization/factory-trust >/dev/null
    fact "$(of_flux get helmrelease factory-trust -o jsonpath='{.status.conditions[?(@.type=="Ready")].message}')"

    step "Flux: the first root is not signed, and it waits"
    until_it_works kubectl -n fleet get configmap acme-root-1-payload
    must "it isn't ready" test "$(flux_says status)" != True
    fact "$(flux_says message)"
    began=$SECONDS
    first_root_is_signed
    flux_looks gitrepository/fleet
    must "it is ready with the signature" until_it_works flux_is_done
    fact "ready $((SECONDS - began)) s after the merge"
    must "the Factory is" fleet_is "True" factory/acme '{.status.conditions[?(@.type=="Ready")].status}'

    step "Flux: a rotation is declared, and it doesn't wait for people"
    rotation_is_declared
    flux_looks gitrepository/fleet
    must "it is ready" until_it_works flux_is_done
    until_it_works kubectl -n fleet get configmap alice-to-bob-payload
    must "the RootRotation waits" fleet_is AwaitingSignatures rootrotation/alice-to-bob '{.status.phase}'
    must "the Factory doesn't" fleet_is "True" factory/acme '{.status.conditions[?(@.type=="Ready")].status}'

    step "Flux: its signatures are merged, and root version 2 is published"
    rotation_is_signed
    flux_looks gitrepository/fleet
    must "it is ready" until_it_works flux_is_done
    must "the RootRotation completes" kubectl -n fleet wait --for=condition=Complete --timeout=60s rootrotation/alice-to-bob >/dev/null
    must "root is version 2" fleet_is 2 factory/acme '{.status.roles.root.version}'

    step "Flux: what is applied twice changes nothing"
    before=$(fleet_versions)
    flux_looks kustomization/fleet
    until_it_works flux_has_looked kustomization/fleet
    must "everything is as it was" test "$(fleet_versions)" = "$before"
    fact "$(grep 'server-side apply completed.*Factory/fleet/acme' "$logs/kustomize-controller.log" | tail -n 1 | sed 's/.*"output":\({[^}]*}\).*/\1/')"

    step "Flux: what leaves Git goes, but for Factory and namespace"
    fleet_is_emptied
    flux_looks gitrepository/fleet
    must "it is ready" until_it_works flux_is_done
    must "RootRotation and Target are gone" kubectl -n fleet wait --for=delete --timeout=60s rootrotation/alice-to-bob target/firmware-1.4.0.bin >/dev/null
    must "what is published stays" fleet_is WouldBeEmpty factory/acme '{.status.conditions[?(@.type=="TargetsHeld")].reason}'

    step "Flux: the operator leaves too, and the fleet's trust stays"
    of_flux delete --timeout=60s kustomization/fleet kustomization/factory-trust gitrepository/fleet >/dev/null
    of_flux wait --for=delete --timeout=60s helmrelease/factory-trust >/dev/null
    must "the Factory stays" kubectl -n fleet get factory/acme configmap/acme-timestamp configmap/acme-root-2 >/dev/null
    must "the operator goes" kubectl -n "$system" wait --for=delete --timeout=60s deployment/factory-trust >/dev/null
}
