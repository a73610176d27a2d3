# shellcheck shell=bash
# The chart's life: installed, tested, upgraded, removed, and the Factory that lives through it all. Sourced by e2e.sh.

chart() {
    local verb=$1 folder=$2
    shift 2
    "$helm" "$verb" factory-trust "$folder" -n "$system" --set image.pullPolicy=IfNotPresent \
        --set-json 'resources.requests={"cpu":"10m","memory":"128Mi"}' "$@" >>"$logs/helm.log" 2>&1 ||
        { tail -5 "$logs/helm.log" >&2; give_up "helm $verb failed"; }
}
# named IMAGE: the values that say where nodes find it; without one, what the chart says.
named() { [ -z "$1" ] || printf -- '--set image.repository=%s --set-string image.tag=%s' "${1%:*}" "${1##*:}"; }
# shellcheck disable=SC2046
this_chart() { chart "$1" helm/factory-trust $(named "${E2E_IMAGE:-}") "${@:2}"; }

# Kubernetes says so while those that were replaced are still going, and one of them may lead.
rolled_out() {
    kubectl -n "$system" rollout status deployment/factory-trust --timeout=240s >/dev/null
    until_it_works none_is_going
}
none_is_going() { [ -z "$(kubectl -n "$system" get pods -o jsonpath='{.items[*].metadata.deletionTimestamp}')" ]; }
version() { kubectl -n "$fleet" get factory acme -o jsonpath='{.status.roles.timestamp.version}'; }

ask_to_refresh() {
    asked_at=$(version)
    kubectl -n "$fleet" annotate --overwrite factory acme "factory-trust.dev/refresh-requested=$(date -u +%FT%T.%3NZ)" >/dev/null
}
is_refreshed() { [ "$(version)" -gt "$asked_at" ]; }
has_refreshed() { until_it_works is_refreshed; }
refreshes() {
    ask_to_refresh
    has_refreshed
}

# --- a device that polls ---------------------------------------------------------------------------------------------

start_polling() {
    repository=$(service_address "$system" factory-trust 8080)/$fleet/acme
    until_it_works all_serve "$repository/timestamp.json"
    : >"$run/polls"
    start poller "$PWD/src/dev/e2e/poll.sh" "$repository/timestamp.json" "$run/polls"
    start history kubectl -n "$fleet" get configmaps -l factory-trust.dev/factory=acme --watch --output-watch-events -o json \
        --cache-dir "$run/cache"
    unanswered_since
}
# The one that signs is the first to serve; each request goes to any.
all_serve() {
    local _
    for _ in {1..20}; do curl -fsS --max-time 5 "$1" || return 1; done
}
unanswered_since() { polls=$(wc -l <"$run/polls"); }
asked() { tail -n "+$((polls + 1))" "$run/polls"; }
failed() { asked | grep -vc '^200$' || true; }
nothing_failed() {
    fact "$(asked | wc -l) requests meanwhile, $(failed) of them failed"
    [ "$(failed)" = 0 ] || { tail -n 40 "$run/polls.failures" >&2; give_up "this does not hold: no request fails"; }
}
# A leader that is struck answers nobody until it is out of the Service; the others do, and then all.
settles() {
    rolled_out
    fact "$(failed) of $(asked | wc -l) requests failed meanwhile"
    unanswered_since
    sleep 3
    must "all are answered again" test "$(failed)" = 0
}
history_is_one() {
    local newest
    step "what was stored has one history"
    refreshes
    newest=$(kubectl -n "$fleet" get configmap acme-timestamp -o jsonpath='{.metadata.resourceVersion}')
    until_it_works grep -q "\"resourceVersion\": *\"$newest\"" "$logs/history.log"
    fact "$(python3 src/dev/e2e/history.py "$logs/history.log" acme)" || give_up "it has not"
    stop_polling
}

# --- the chart -------------------------------------------------------------------------------------------------------

has_image_of_first_release() { [ -n "${E2E_FIRST_IMAGE:-}" ] || { [ "$cluster" != mine ] && [ -f "$first_image" ]; }; }
why_no_first_release() {
    if ! has_first_release; then
        echo "this clone lacks commit ${first_release:0:12}; git fetch --unshallow brings it"
    elif ! has_image_of_first_release; then
        echo "E2E_FIRST_IMAGE names no image of it"
    fi
}
crd_generation() { kubectl get crd factories.factory-trust.dev -o jsonpath='{.metadata.generation}'; }

installed_and_upgraded() {
    local why first=$run/first-release generation
    why=$(why_no_first_release)
    if [ -n "$why" ]; then
        say "no upgrade from the first release is tried: $why"
        step "helm install"
        this_chart install
    else
        step "helm install, of the first release"
        first_release_in "$first"
        # shellcheck disable=SC2046
        chart install "$first/helm/factory-trust" $(named "${E2E_FIRST_IMAGE:-}")
    fi
    rolled_out
    kubectl -n "$fleet" apply -f examples/factory-generate.yaml >/dev/null
    kubectl -n "$fleet" wait --for=condition=Ready --timeout=120s factory/acme >/dev/null
    start_polling
    fact "a Factory is Ready, and served through the Service"
    [ -z "$why" ] || return 0

    step "helm upgrade to this one, CRDs included, under load"
    refreshes
    generation=$(crd_generation)
    this_chart upgrade
    rolled_out
    must "the CRDs are this chart's" test "$(crd_generation)" -gt "$generation"
    refreshes
    nothing_failed
}

everything_is_replaced() {
    step "a rolling upgrade: no request fails"
    unanswered_since
    this_chart upgrade --set podAnnotations.e2e=upgraded
    rolled_out
    refreshes
    nothing_failed
}

helm_test_passes() {
    step "helm test"
    "$helm" test factory-trust -n "$system" --logs >"$logs/helm-test.log" 2>&1 || { tail "$logs/helm-test.log" >&2; give_up "helm test fails"; }
    fact "$(grep -m1 ' answers: ' "$logs/helm-test.log")"
}

# In a subshell, so that kubectl's own namespace is the story's there alone.
story_is_told() (
    KUBECONFIG=$run/story.kubeconfig
    (umask 077 && kubectl --kubeconfig "$run/kubeconfig" config view --raw --flatten --minify >"$KUBECONFIG")
    export KUBECONFIG
    kubectl config set-context --current --namespace "$story" >/dev/null
    repository=$(service_address "$system" factory-trust 8080)/$story/acme/
    a_factory_is_declared
    a_device_is_built
    a_target_arrives
    the_root_is_handed_over
    the_device_follows
    somebody_tampers
)

command_line_is_in_the_image() {
    step "the command line, in the image"
    fact "$(kubectl -n "$system" exec deploy/factory-trust -- kubectl-factory --version)"
}

uninstalled_and_installed_with_roles_alone() {
    step "helm uninstall keeps the fleet"
    "$helm" uninstall factory-trust -n "$system" --wait >/dev/null
    kubectl -n "$fleet" get factory/acme configmap/acme-timestamp -o name >/dev/null
    must "no right of the operator's is left" test -z "$(kubectl get clusterrole,clusterrolebinding -o name | grep factory-trust || true)"

    step "with Roles alone, it goes on"
    this_chart install --set "rbac.namespaced=true,watchNamespaces={$fleet}"
    rolled_out
    must "nothing is bound in the cluster" test -z "$(kubectl get clusterrolebinding -o name | grep factory-trust || true)"
    refreshes
}

remove_all() {
    "$helm" uninstall factory-trust -n "$system" --wait --ignore-not-found >/dev/null
    kubectl delete namespace "$story" "$fleet" "$system" --ignore-not-found --timeout=90s >/dev/null
    kubectl delete crd --ignore-not-found factories.factory-trust.dev rootrotations.factory-trust.dev targets.factory-trust.dev >/dev/null
}
