# shellcheck shell=bash
# A cluster of one real node, for e2e.sh, which sources this: Debian's containerd, and Kubernetes from its pinned modules. The API
# server, and all else that listens, does so on an address that only this machine has.

address=10.245.0.1
service_range=10.96.0.0/16
pod_range=10.244.0.0/24
dev=$PWD/src/dev/e2e
run=$PWD/target/e2e
binaries=${E2E_BINARIES:-$HOME/.kubeapitest/node/$(sed -n 's:.*k8s.io/kubernetes v\([0-9.]*\).*:\1:p' "$dev/node/go.mod" | head -1)}

say() { echo "e2e: $*" >&2; }
give_up() {
    say "$*; logs are in $run/logs"
    exit 1
}

# Prints why this machine can't be a node, or nothing.
unfit() {
    local command
    [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] || { echo "it takes root on Linux"; return; }
    for command in containerd runc ctr iptables conntrack ip go openssl curl python3; do
        command -v "$command" >/dev/null || { echo "$command is missing (Debian: containerd, runc, iptables, conntrack)"; return; }
    done
    [ -x /usr/lib/cni/bridge ] || { echo "no CNI plugins in /usr/lib/cni (Debian: containernetworking-plugins)"; return; }
    [ -w /sys/fs/cgroup ] || { echo "cgroups can't be written"; return; }
    ! ip link show ft-e2e >/dev/null 2>&1 || echo "another run is up, or has left interface ft-e2e behind"
}

build_node() {
    local command version
    version=$(sed -n 's:.*k8s.io/kubernetes v\([0-9.]*\).*:\1:p' "$dev/node/go.mod" | head -1)
    mkdir -p "$binaries"
    for command in kubelet kube-scheduler kube-controller-manager kube-proxy; do
        [ -x "$binaries/$command" ] && continue
        say "building $command $version, once"
        CGO_ENABLED=0 go -C "$dev/node" build -mod=readonly -trimpath \
            -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v$version" \
            -o "$binaries/$command.new" "k8s.io/kubernetes/cmd/$command"
        mv "$binaries/$command.new" "$binaries/$command"
    done
}

# Runs a command in the background; stop_node ends them, the newest first.
start() {
    local name=$1
    shift
    "$@" </dev/null >"$run/logs/$name.log" 2>&1 &
    pids+=("$!")
}

until_it_works() {
    local deadline=$((SECONDS + 120))
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || give_up "gave up on: $*"
        sleep 0.5
    done
}

certificates() {
    mkdir -p "$run/pki"
    (
        cd "$run/pki"
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.crt -subj /CN=e2e 2>/dev/null
        openssl req -newkey rsa:2048 -nodes -keyout api.key -out api.csr -subj /CN=kube-apiserver 2>/dev/null
        printf 'subjectAltName=IP:%s,IP:10.96.0.1,DNS:kubernetes.default.svc' "$address" >san
        openssl x509 -req -in api.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san -out api.crt 2>/dev/null
        openssl genrsa -out accounts.key 2048 2>/dev/null
        umask 077
        openssl rand -hex 16 >token
        echo "$(cat token),admin,admin,system:masters" >tokens
        cat >"$run/kubeconfig" <<EOF
apiVersion: v1
kind: Config
clusters: [{name: e2e, cluster: {server: "https://$address:6443", certificate-authority: "$PWD/ca.crt"}}]
users: [{name: e2e, user: {token: "$(cat token)"}}]
contexts: [{name: e2e, context: {cluster: e2e, user: e2e}}]
current-context: e2e
EOF
    )
}

start_node() {
    mkdir -p "$run/logs" "$run/cni"
    ls /run/netns >"$run/netns.before" 2>/dev/null || true
    iptables-save >"$run/iptables.before"
    certificates
    export KUBECONFIG=$run/kubeconfig
    # A bridge without ports; a dummy is not to be had everywhere.
    ip link add ft-e2e type bridge
    ip address add "$address/32" dev ft-e2e
    ip link set ft-e2e up

    start etcd etcd --data-dir "$run/etcd" --listen-client-urls "http://$address:2379" \
        --advertise-client-urls "http://$address:2379" --listen-peer-urls "http://$address:2380" \
        --initial-advertise-peer-urls "http://$address:2380" --initial-cluster "default=http://$address:2380"
    start kube-apiserver kube-apiserver --etcd-servers "http://$address:2379" --bind-address "$address" --secure-port 6443 \
        --advertise-address "$address" --service-cluster-ip-range "$service_range" --authorization-mode RBAC \
        --tls-cert-file "$run/pki/api.crt" --tls-private-key-file "$run/pki/api.key" --token-auth-file "$run/pki/tokens" \
        --kubelet-client-certificate "$run/pki/api.crt" --kubelet-client-key "$run/pki/api.key" \
        --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$run/pki/accounts.key" \
        --service-account-signing-key-file "$run/pki/accounts.key" --allow-privileged=false
    until_it_works kubectl get --raw /readyz
    start kube-controller-manager "$binaries/kube-controller-manager" --kubeconfig "$KUBECONFIG" --bind-address "$address" \
        --service-account-private-key-file "$run/pki/accounts.key" --root-ca-file "$run/pki/ca.crt" \
        --use-service-account-credentials=false --leader-elect=false
    start kube-scheduler "$binaries/kube-scheduler" --kubeconfig "$KUBECONFIG" --bind-address "$address" --leader-elect=false

    cat >"$run/containerd.toml" <<EOF
version = 2
root = "$run/containerd"
state = "/run/ft-e2e/containerd"
[grpc]
  address = "/run/ft-e2e/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "ft-e2e/pause:local"
  # Without it runc dies where CAP_SYS_RESOURCE is missing.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$run/cni"
EOF
    cat >"$run/cni/10-e2e.conflist" <<EOF
{"cniVersion": "0.4.0", "name": "ft-e2e", "plugins": [
  {"type": "bridge", "bridge": "ft-cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$run/cni-state", "ranges": [[{"subnet": "$pod_range"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
    start containerd containerd --config "$run/containerd.toml"
    until_it_works ctr --address /run/ft-e2e/containerd.sock version
    pause_image
    import target/factory-trust-image.tar

    cat >"$run/kubelet.yaml" <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $address
healthzBindAddress: 127.0.0.1
failCgroupV1: false
cgroupDriver: cgroupfs
containerRuntimeEndpoint: unix:///run/ft-e2e/containerd.sock
authentication: {anonymous: {enabled: false}, webhook: {enabled: false}, x509: {clientCAFile: "$run/pki/ca.crt"}}
authorization: {mode: AlwaysAllow}
failSwapOn: false
podCIDR: $pod_range
volumePluginDir: $run/volume-plugins
podLogsDir: $run/logs/pods
evictionHard: {memory.available: 1Mi, nodefs.available: 1%}
EOF
    start kubelet "$binaries/kubelet" --config "$run/kubelet.yaml" --kubeconfig "$KUBECONFIG" --root-dir "$run/kubelet" \
        --cert-dir "$run/pki/kubelet" --hostname-override "$address" --node-ip "$address"
    start kube-proxy "$binaries/kube-proxy" --kubeconfig "$KUBECONFIG" --proxy-mode iptables --conntrack-max-per-core 0 \
        --hostname-override "$address" --cluster-cidr "$pod_range" --bind-address "$address" \
        --healthz-bind-address "$address:10256" --metrics-bind-address "$address:10249"
    until_it_works kubectl get node "$address"
    kubectl wait --for=condition=Ready "node/$address" --timeout=120s
}

import() { ctr --address /run/ft-e2e/containerd.sock --namespace k8s.io images import "$1" >/dev/null; }

pause_image() {
    local image=$run/pause
    mkdir -p "$image/root"
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$image/root/pause" "$dev/pause/pause.go"
    tar -C "$image/root" -cf "$image/layer.tar" pause
    printf '{"architecture":"%s","os":"linux","config":{"Entrypoint":["/pause"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
        "$(go env GOARCH)" "$(sha256sum "$image/layer.tar" | cut -d' ' -f1)" >"$image/config.json"
    echo '[{"Config":"config.json","RepoTags":["ft-e2e/pause:local"],"Layers":["layer.tar"]}]' >"$image/manifest.json"
    tar -C "$image" -cf "$image.tar" manifest.json config.json layer.tar
    import "$image.tar"
}

# What a node leaves behind unless it is told otherwise: containers, mounts, rules, interfaces.
stop_node() {
    local ctr id index veth netns
    set +e
    ctr=(ctr --address /run/ft-e2e/containerd.sock --namespace k8s.io)
    # The kubelet first, or it would start again what is ended.
    for ((index = ${#pids[@]} - 1; index > 4; index--)); do kill "${pids[index]}" 2>/dev/null && wait "${pids[index]}"; done
    for id in $("${ctr[@]}" tasks ls -q 2>/dev/null); do "${ctr[@]}" tasks rm --force "$id" >/dev/null 2>&1; done
    for id in $("${ctr[@]}" containers ls -q 2>/dev/null); do "${ctr[@]}" containers rm "$id" >/dev/null 2>&1; done
    for ((; index >= 0; index--)); do kill "${pids[index]}" 2>/dev/null && wait "${pids[index]}"; done
    awk '{print $2}' /proc/mounts | grep -E "^($run|/run/ft-e2e)/" | sort -r | xargs -r umount -l
    iptables-restore <"$run/iptables.before"
    for veth in /sys/class/net/ft-cni0/brif/*; do [ ! -e "$veth" ] || ip link delete "${veth##*/}"; done
    for netns in $(ls /run/netns 2>/dev/null | grep -vxFf "$run/netns.before"); do ip netns delete "$netns"; done
    ip link delete ft-cni0 2>/dev/null
    ip link delete ft-e2e 2>/dev/null
    rm -rf /run/ft-e2e "$run/etcd" "$run/containerd" "$run/kubelet" "$run/cni-state" "$run/pki" "$run/kubeconfig"
}
