# shellcheck shell=bash
# A throwaway control plane, and the operator under the rights of deploy/. Sourced with $scene set, which names its folder.

stage=${STAGE:-$PWD/target/$scene}
run=$stage/run
logs=$stage/logs

say() { echo "$scene: $*" >&2; }

give_up() {
    say "$*"
    grep -hE ' (ERROR|WARN) |Caused by|panic' "$logs"/*.log | tail -n 15 >&2 || true
    say "all logs are in $logs"
    exit 1
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Runs a command in the background. It outlives this shell, so its process id goes where the next one finds it.
start() {
    local name=$1
    shift
    nohup "$@" </dev/null >"$logs/$name.log" 2>&1 &
    echo "$! $name" >>"$run/processes"
}

# Whether a process is still there and still ours: an id alone may have gone to another one meanwhile.
is_ours() { ps -o args= -p "$1" 2>/dev/null | grep -qF "$run"; }

# The id of what was started last under a name.
process_id() { awk -v name="$1" '$2 == name {id = $1} END {print id}' "$run/processes"; }

# Ends a process, and waits until it has ended.
end() {
    local _
    is_ours "$1" || return 0
    kill "$1" 2>/dev/null || true
    for _ in {1..150}; do
        is_ours "$1" || return 0
        sleep 0.1
    done
    kill -9 "$1" 2>/dev/null || true
}

# The newest first: the operator leaves before its API server does.
stop_all() {
    [ -f "$run/processes" ] || return 0
    local id _
    while read -r id _; do end "$id"; done < <(awk '{line[NR] = $0} END {for (i = NR; i > 0; i--) print line[i]}' "$run/processes")
    rm -rf "$run"
}

# Tries a command until it works, for two minutes at the most and while everything runs.
until_it_works() {
    local deadline=$((SECONDS + 120)) id name
    until "$@" >/dev/null 2>&1; do
        while read -r id name; do
            is_ours "$id" || give_up "$name has ended"
        done <"$run/processes"
        ((SECONDS < deadline)) || give_up "gave up on: $*"
        sleep 0.2
    done
}

kubeconfig() {
    cat <<EOF
apiVersion: v1
kind: Config
clusters: [{name: demo, cluster: {server: "https://127.0.0.1:$api_port", certificate-authority: "$run/pki/apiserver.crt"}}]
users: [{name: demo, user: {token: "$1"}}]
contexts: [{name: demo, context: {cluster: demo, user: demo, namespace: demo}}]
current-context: demo
EOF
}

start_control_plane() {
    local etcd_port peer_port token
    etcd_port=$(free_port) peer_port=$(free_port) api_port=$(free_port)
    mkdir "$run/pki"
    openssl genrsa -out "$run/pki/accounts.key" 2048 2>/dev/null
    token=$(openssl rand -hex 16)
    (umask 077 && echo "$token,admin,admin,system:masters" >"$run/tokens" && kubeconfig "$token" >"$run/kubeconfig")
    start etcd etcd --data-dir "$run/etcd" --listen-client-urls "http://127.0.0.1:$etcd_port" \
        --advertise-client-urls "http://127.0.0.1:$etcd_port" --listen-peer-urls "http://127.0.0.1:$peer_port"
    start kube-apiserver kube-apiserver --etcd-servers "http://127.0.0.1:$etcd_port" --secure-port "$api_port" \
        --bind-address 127.0.0.1 --cert-dir "$run/pki" --authorization-mode RBAC --token-auth-file "$run/tokens" \
        --service-account-issuer https://localhost --service-account-key-file "$run/pki/accounts.key" \
        --service-account-signing-key-file "$run/pki/accounts.key" --disable-admission-plugins ServiceAccount
    until_it_works kubectl get --raw /readyz
}

# Not as the administrator, but with the token of the ServiceAccount that deploy/ makes.
start_operator() {
    local management_port
    device_port=$(free_port) management_port=$(free_port)
    (umask 077 && kubeconfig "$(kubectl -n factory-trust-system create token factory-trust --duration 24h)" \
        >"$run/operator.kubeconfig")
    start operator env -u KUBERNETES_MASTER KUBECONFIG="$run/operator.kubeconfig" \
        POD_NAMESPACE=factory-trust-system FACTORY_TRUST_PUBLIC_URL="http://127.0.0.1:$device_port" \
        "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Ddemo.folder="$run" -Dquarkus.http.host=127.0.0.1 \
        -Dquarkus.http.port="$device_port" -Dquarkus.management.host=127.0.0.1 \
        -Dquarkus.management.port="$management_port" -jar target/quarkus-app/quarkus-run.jar
    management_url=http://127.0.0.1:$management_port
    until_it_works curl -fsS "$management_url/q/health/ready"
}
