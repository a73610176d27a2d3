# shellcheck shell=bash
# The image of Kind's node: Kind's own, or, where no registry is reached to pull it from, one that is put together here, of Debian
# packages, Kubernetes from its pinned modules, and what makes a node of a container, which Kind's module holds. Sourced by kind.sh.

node_image=${E2E_KIND_IMAGE:-}
crictl=$cache/crictl-$(pinned sigs.k8s.io/cri-tools "$dev/e2e/kind-image")/crictl
coredns=$cache/coredns-$(pinned github.com/coredns/coredns "$dev/e2e/kind-image")/coredns
# The last release whose systemd starts where cgroups are of version 1 too.
release=bookworm
packages=systemd,containerd,runc,containernetworking-plugins,iptables,conntrack,iproute2,ethtool,kmod,jq,procps

choose_node_image() {
    local kinds_own sources
    [ -z "$node_image" ] || return 0
    sources=$(kind_sources)
    kinds_own=$(sed -n 's/^const Image = "\(.*\)"/\1/p' "$sources/pkg/apis/config/defaults/image.go")
    node_image=$kinds_own
    ! docker image inspect "$node_image" >/dev/null 2>&1 || return 0
    say "pulling $node_image"
    ! docker pull --quiet "$node_image" >"$logs/node-image.log" 2>&1 || return 0
    say "$(tail -1 "$logs/node-image.log")"
    node_image=ft-e2e/node:$(cat "$dev"/e2e/kind-image{,/inside}.sh "$dev"/e2e/{kind,node,kind-image}/go.mod | sha256sum | cut -c1-12)
    docker image inspect "$node_image" >/dev/null 2>&1 || make_node_image "$sources/images/base/files"
}

kind_sources() {
    go -C "$dev/e2e/kind" mod download sigs.k8s.io/kind
    go -C "$dev/e2e/kind" list -m -f '{{.Dir}}' sigs.k8s.io/kind
}

# make_node_image FOLDER_OF_KINDS_FILES
make_node_image() {
    local work=$run/node-image base=ft-e2e/debian:$release mirror container pause_image started=$SECONDS
    command -v mmdebstrap >/dev/null || give_up "no node image to be had: name one with E2E_KIND_IMAGE, or to have one made here: apt-get install mmdebstrap"
    node_tools kubeadm
    tool "$crictl" "$dev/e2e/kind-image" sigs.k8s.io/cri-tools/cmd/crictl
    tool "$coredns" "$dev/e2e/kind-image" .
    mkdir -p "$work/bin"
    ln -s "$1" "$work/files"
    ln -s "$assets"/{etcd,kube-apiserver,kubectl} "$binaries"/{kubeadm,kubelet,kube-controller-manager,kube-scheduler,kube-proxy} \
        "$crictl" "$coredns" "$work/bin"
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$work/bin/pause" "$dev/e2e/pause/pause.go"

    say "making a node image: about 3 minutes"
    # From where this machine has it, if it is of that release.
    mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $release" 2>/dev/null | sed -n 1p) || mirror=
    mmdebstrap --quiet --variant=minbase --dpkgopt=force-unsafe-io --include="$packages" "$release" - ${mirror:+"$mirror"} \
        2>>"$logs/node-image.log" | docker import - "$base" >/dev/null
    pod_images
    # The variable tells systemd where it is, and the signal ends it. The container itself goes away even where this shell has.
    container=$(docker run --rm --detach --env container=docker --stop-signal SIGRTMIN+3 --volume /in \
        --security-opt seccomp=unconfined "$base" sleep 30m)
    tar -C "$work" -ch files bin images.tar | docker exec -i "$container" tar -x -C /in
    docker exec -i "$container" bash -s "v$kubernetes" "$pause_image" <"$dev/e2e/kind-image/inside.sh" >>"$logs/node-image.log" 2>&1
    docker commit --change 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]' "$container" "$node_image" >/dev/null
    docker rm --force --volumes "$container" >/dev/null
    docker rmi "$base" >/dev/null
    rm -rf "$work"
    say "made it in $((SECONDS - started)) s"
}

# What kubeadm runs in pods, each a command and nothing else; only kube-proxy needs others, those of iptables. The real ones may be
# here too, so that only inside.sh gives them their names.
pod_images() {
    local image name images
    mapfile -t images < <("$work/bin/kubeadm" config images list --kubernetes-version "v$kubernetes" | sed 's:^:localhost/:')
    for image in "${images[@]}"; do
        name=${image##*/}
        name=${name%:*}
        rm -f "$work/layer.tar"
        [ "$name" != pause ] || pause_image=${image#localhost/}
        [ "$name" != kube-proxy ] || iptables_files >"$work/layer.tar"
        tar -C "$work/bin" --transform 's:^:usr/local/bin/:' -rhf "$work/layer.tar" "$name"
        docker import --change 'ENV PATH=/usr/local/bin:/usr/sbin' --change "ENTRYPOINT [\"/usr/local/bin/$name\"]" "$work/layer.tar" "$image" >/dev/null
    done
    docker save --output "$work/images.tar" "${images[@]}"
    docker rmi "${images[@]}" >/dev/null
}

# What a shell is to expand is quoted from this one.
# shellcheck disable=SC2016
iptables_files() {
    docker run --rm "$base" bash -c 'cd / && libraries=$(ldd usr/sbin/xtables-nft-multi usr/lib/*/xtables/*.so | grep -o "/[^ ]* (0x" |
        sed "s:^/\(.*\) (0x:\1:" | sort -u) && tar -ch $libraries usr/lib/*/xtables usr/sbin/ip{,6}tables{,-save,-restore}'
}
