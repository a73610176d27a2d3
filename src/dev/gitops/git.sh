# shellcheck shell=bash
# The repositories of a platform team, and what is merged into them: this tree as platform/factory-trust.git, and a fleet as
# platform/fleet.git, both as examples/gitops has them. Sourced by gitops.sh.

example=$PWD/examples/gitops
merges=$run/merges

# module PINS NAME: where the source of what is built is.
module() {
    go -C "$1" mod download "$2"
    go -C "$1" list -m -f '{{.Dir}}' "$2"
}

start_git() {
    local port
    port=$(free_port)
    mkdir -p "$run/git/platform" "$merges"
    start git python3 "$dev/gitops/git_server.py" "$port" "$run/git"
    git_url=http://127.0.0.1:$port
    repository factory-trust
    git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -P -t "$merges/factory-trust"
    merge factory-trust "This tree"
    git -C "$merges/factory-trust" push -q origin "HEAD:refs/tags/$(sed -n 's/.*ref: {tag: \(.*\)}/\1/p' "$example/flux/operator/release.yaml")"
}

# In whose kinds the example's values have objects.
install_prometheus_crds() {
    local crds
    crds=$(module "$dev/../test/clients/foreign-crds" github.com/prometheus-operator/prometheus-operator)/example/prometheus-operator-crd
    kubectl apply --server-side -f "$crds/monitoring.coreos.com_servicemonitors.yaml" \
        -f "$crds/monitoring.coreos.com_prometheusrules.yaml" >/dev/null
}

# repository NAME: an empty one, and the clone in which its merges are made.
repository() {
    git init -q --bare -b main "$run/git/platform/$1.git"
    git init -q -b main "$merges/$1"
    git -C "$merges/$1" remote add origin "$run/git/platform/$1.git"
}

# merge NAME MESSAGE
merge() {
    local repository=(git -C "$merges/$1" -c user.name=gitops -c user.email=gitops@example.com)
    "${repository[@]}" add -A
    "${repository[@]}" commit -qm "$2"
    "${repository[@]}" push -q origin main
}

newest_merge() { git -C "$merges/fleet" rev-parse HEAD; }

# What its user changes in the example before anything else.
ours() { sed "s#https://git.example.com#$git_url#; s#registry.example.com#docker.io/library#" "$1"; }

# --- a fleet, merge by merge -------------------------------------------------------------------------------------------

in_git=$merges/fleet/fleet

# A new one each time.
fleet_begins() {
    local holder
    rm -rf "$run/git/platform/fleet.git" "$merges/fleet" "$merges/later"
    repository fleet
    cp -r "$example/fleet" "$merges/fleet"
    for holder in alice bob; do new_holder "$holder"; done
    with_key_of alice "$in_git/factory.yaml"
    with_key_of bob "$in_git/rotations/2-alice-to-bob/rotation.yaml"
    mv "$in_git/rotations" "$merges/later"
    sed -i '/rotations/d' "$in_git/kustomization.yaml"
}

with_key_of() { sed -i "s#MC.*=#$(openssl pkey -in "$run/keys/$1.pem" -pubout | sed -n 2p)#" "$2"; }

# signed PAYLOAD FILE HOLDER...: what a holder does where his key lives, and what is in Git for it.
signed() {
    local holder payload=$run/$1.json
    kubectl -n fleet get configmap "$1" -o jsonpath='{.binaryData.payload\.json}' | base64 -d >"$payload"
    for holder in "${@:3}"; do
        openssl pkeyutl -sign -rawin -inkey "$run/keys/$holder.pem" -in "$payload" -out "$payload.$holder"
        sed -i "/signed-by-$holder\$/,/signature:/s#signature: .*#signature: $(base64 -w0 "$payload.$holder")#" "$2"
    done
}

first_root_is_signed() {
    mkdir "$in_git/rotations"
    cp -r "$merges/later/1-first-root" "$in_git/rotations"
    signed acme-root-1-payload "$in_git/rotations/1-first-root/signatures.yaml" alice
    echo "  - rotations/1-first-root" >>"$in_git/kustomization.yaml"
    merge fleet "The first root, signed by alice"
}

rotation_is_declared() {
    cp -r "$merges/later/2-alice-to-bob" "$in_git/rotations"
    mv "$in_git/rotations/2-alice-to-bob/signatures.yaml" "$merges/later"
    sed -i '/signatures.yaml/d' "$in_git/rotations/2-alice-to-bob/kustomization.yaml"
    echo "  - rotations/2-alice-to-bob" >>"$in_git/kustomization.yaml"
    merge fleet "alice hands over to bob"
}

rotation_is_signed() {
    local folder=$in_git/rotations/2-alice-to-bob
    mv "$merges/later/signatures.yaml" "$folder"
    signed alice-to-bob-payload "$folder/signatures.yaml" alice bob
    echo "  - signatures.yaml" >>"$folder/kustomization.yaml"
    merge fleet "Signatures of alice and bob"
}

fleet_is_emptied() {
    sed -i '/^  - /{/1-first-root/!d}' "$in_git/kustomization.yaml"
    merge fleet "Nothing but the first signature"
}

# What one tool has left, before the other begins.
clear_cluster() {
    kubectl delete namespace fleet "$system" --timeout=90s >/dev/null
    kubectl delete crd factories.factory-trust.dev rootrotations.factory-trust.dev targets.factory-trust.dev >/dev/null
}

# --- and what it is in the cluster -------------------------------------------------------------------------------------

# fleet_is VALUE OBJECT JSONPATH
fleet_is() { until_it_works eval "[ \"\$(kubectl -n fleet get '$2' -o jsonpath='$3')\" = '$1' ]"; }

# Of all that lies in Git, and what the operator made of it.
fleet_versions() {
    kubectl -n fleet get factories,rootrotations,targets,secrets,configmaps \
        -o jsonpath='{range .items[*]}{.kind} {.metadata.name} {.metadata.generation} {.metadata.resourceVersion}{"\n"}{end}'
}
