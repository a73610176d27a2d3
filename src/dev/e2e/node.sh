# shellcheck shell=bash
# A cluster of one real node, for e2e.sh, which sources this after prepare.sh: Debian's containerd, and Kubernetes from its pinned
# modules. The API server, and all else that listens, does so on an address that only this machine has.

address=10.245.0.1
service_range=10.96.0.0/16
pod_range=10.244.0.0/24
socket=/run/ft-e2e/containerd.sock

# Prints why this machine can't be a node, or nothing.
unfit() {
    local command missing=()
    local install="apt-get install containerd runc containernetworking-plugins iptables conntrack iproute2 openssl curl make"
    [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] || { echo "it takes root on Linux"; return; }
    for command in containerd runc ctr iptables conntrack ip nsenter go openssl curl python3 make; do
        command -v "$command" >/dev/null || missing+=("$command")
    done
    [ -x /usr/lib/cni/bridge ] || missing+=("/usr/lib/cni/bridge")
    [ -z "${missing[*]}" ] || { echo "${missing[*]} missing; Debian: $install, and Go from https://go.dev/dl"; return; }
    [ -w /sys/fs/cgroup ] || { echo "cgroups can't be written"; return; }
    ! ip link show ft-e2e >/dev/null 2>&1 || echo "another run is up, or has left interface ft-e2e behind"
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

# What it changes on the machine, and stop_cluster puts back.
kernel_settings=(vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys kernel.keys.root_maxbytes
    net.ipv4.ip_forward net.ipv4.conf.all.route_localnet net.ipv4.conf.all.forwarding)

start_cluster() {
    local began=$SECONDS hierarchy setting
    mkdir -p "$run/cni"
    ls /run/netns >"$run/netns.before" 2>/dev/null || true
    iptables-save >"$run/iptables.before"
    ip6tables-save >"$run/ip6tables.before"
    sysctl -e "${kernel_settings[@]}" >"$run/sysctl.before" 2>/dev/null
    certificates
    export KUBECONFIG=$run/kubeconfig
    # Below them all that the kubelet makes, so that it can be removed.
    for hierarchy in $(hierarchies); do
        mkdir -p "$hierarchy/ft-e2e"
        for setting in cpuset.cpus cpuset.mems; do
            [ ! -s "$hierarchy/$setting" ] || cat "$hierarchy/$setting" >"$hierarchy/ft-e2e/$setting"
        done
        # A busy machine would give all pods together as much as one process.
        [ ! -e "$hierarchy/ft-e2e/cpu.shares" ] || echo 4096 >"$hierarchy/ft-e2e/cpu.shares"
        [ ! -e "$hierarchy/ft-e2e/cpu.weight" ] || echo 400 >"$hierarchy/ft-e2e/cpu.weight"
    done
    # A bridge without ports; a dummy is not to be had everywhere.
    ip link add ft-e2e type bridge
    ip address add "$address/32" dev ft-e2e
    ip link set ft-e2e up

    start etcd etcd --unsafe-no-fsync --data-dir "$run/etcd" --listen-client-urls "http://$address:2379" \
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
  address = "$socket"
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
    until_it_works ctr --address "$socket" version
    pause_image

    cat >"$run/kubelet.yaml" <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $address
healthzBindAddress: 127.0.0.1
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: /ft-e2e
containerRuntimeEndpoint: unix://$socket
authentication: {anonymous: {enabled: false}, webhook: {enabled: false}, x509: {clientCAFile: "$run/pki/ca.crt"}}
authorization: {mode: AlwaysAllow}
failSwapOn: false
podCIDR: $pod_range
volumePluginDir: $run/volume-plugins
podLogsDir: $logs/pods
evictionHard: {memory.available: 1Mi, nodefs.available: 1%}
EOF
    start kubelet "$binaries/kubelet" --config "$run/kubelet.yaml" --kubeconfig "$KUBECONFIG" --root-dir "$run/kubelet" \
        --cert-dir "$run/pki/kubelet" --hostname-override "$address" --node-ip "$address"
    start kube-proxy "$binaries/kube-proxy" --kubeconfig "$KUBECONFIG" --proxy-mode iptables --conntrack-max-per-core 0 \
        --conntrack-tcp-timeout-established 0 --conntrack-tcp-timeout-close-wait 0 \
        --hostname-override "$address" --cluster-cidr "$pod_range" --bind-address "$address" \
        --healthz-bind-address "$address:10256" --metrics-bind-address "$address:10249"
    until_it_works kubectl get node "$address"
    kubectl wait --for=condition=Ready "node/$address" --timeout=120s >/dev/null
    say "a node of Kubernetes $kubernetes is ready, after $((SECONDS - began)) s"
}

import_image() { ctr --address "$socket" --namespace k8s.io images import "$1" >/dev/null; }

pause_image() {
    local folder=$run/pause
    mkdir -p "$folder/root"
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$folder/root/pause" "$dev/e2e/pause/pause.go"
    tar -C "$folder/root" -cf "$folder/layer.tar" pause
    printf '{"architecture":"%s","os":"linux","config":{"Entrypoint":["/pause"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
        "$(go env GOARCH)" "$(sha256sum "$folder/layer.tar" | cut -d' ' -f1)" >"$folder/config.json"
    echo '[{"Config":"config.json","RepoTags":["ft-e2e/pause:local"],"Layers":["layer.tar"]}]' >"$folder/manifest.json"
    tar -C "$folder" -cf "$folder.tar" manifest.json config.json layer.tar
    import_image "$folder.tar"
}

# One per controller with v1, one with v2, and some machines have both.
hierarchies() { awk '$3 ~ /^cgroup2?$/ {print $2}' /proc/mounts; }

# Where devices reach a Service: here on its own address.
service_address() { echo "http://$(kubectl -n "$1" get service "$2" -o jsonpath='{.spec.clusterIP}'):$3"; }

# Runs a command where the processes of pods are.
on_node() { "$@"; }

# What a node leaves behind unless it is told otherwise: containers, mounts, rules, interfaces, cgroups, settings.
stop_cluster() {
    local ctr name id veth netns hierarchy
    set +e
    ctr=(ctr --address "$socket" --namespace k8s.io)
    # The kubelet first, or it would start again what is ended.
    for name in kube-proxy kubelet; do end "$(process_id $name)"; done
    for id in $("${ctr[@]}" tasks ls -q 2>/dev/null); do "${ctr[@]}" tasks rm --force "$id" >/dev/null 2>&1; done
    for id in $("${ctr[@]}" containers ls -q 2>/dev/null); do "${ctr[@]}" containers rm "$id" >/dev/null 2>&1; done
    # The interface goes last: what listens on it has things to say until it ends.
    for name in containerd kube-scheduler kube-controller-manager kube-apiserver etcd; do end "$(process_id $name)"; done
    awk '{print $2}' /proc/mounts | grep -E "^($run|/run/ft-e2e)/" | sort -r | xargs -r umount -l
    put_back_rules iptables
    put_back_rules ip6tables
    for veth in /sys/class/net/ft-cni0/brif/*; do [ ! -e "$veth" ] || ip link delete "${veth##*/}"; done
    for netns in $(ls /run/netns 2>/dev/null | grep -vxFf "$run/netns.before"); do ip netns delete "$netns"; done
    ip link delete ft-cni0 2>/dev/null
    ip link delete ft-e2e 2>/dev/null
    sysctl -qp "$run/sysctl.before" >/dev/null 2>&1
    for hierarchy in $(hierarchies); do find "$hierarchy/ft-e2e" -depth -type d -exec rmdir {} + 2>/dev/null; done
    rm -rf /run/ft-e2e
    stop_all
    set -e
}

# A table that wasn't there before isn't in the file, and stays as it is unless it is emptied.
put_back_rules() {
    local table
    [ -f "$run/$1.before" ] || return 0
    for table in $("$1-save" | sed -n 's/^\*//p'); do
        grep -qx "\*$table" "$run/$1.before" || { "$1" -t "$table" -F; "$1" -t "$table" -X; }
    done
    "$1-restore" <"$run/$1.before"
}
