# shellcheck shell=bash
# What has to be there before a cluster is: tools built from pins, the image, and that of the first release. All but the image is kept
# in $cache for the next run. Sourced after cluster.sh.

cache=${E2E_CACHE:-$HOME/.kubeapitest/e2e}
dev=$PWD/src/dev
image=$PWD/target/factory-trust-image.tar
# What is upgraded to this one: as long as nothing is released, the commit whose chart first ran on a node.
first_release=a67650662ed0b25badf3ba05d4f5884b3255e0b2
first_image=$cache/first-release-${first_release:0:12}.tar

# shellcheck source=src/dev/compile.sh
. src/dev/compile.sh

# pinned MODULE IN_FOLDER: the version that go.mod there names.
pinned() { sed -n "s:^\(require\)\{0,1\}[[:space:]]*$1 v\([0-9.]*\).*:\2:p" "$2/go.mod" | head -1; }
kubernetes=$(pinned k8s.io/kubernetes "$dev/e2e/node")
helm=$cache/helm-$(pinned helm.sh/helm/v4 "$dev/../test/clients/helm")/helm
binaries=$cache/kubernetes-$kubernetes

# tool FILE MODULE_FOLDER PACKAGE [FLAG_OF_THE_LINKER...]: builds it, unless it is there.
tool() {
    [ ! -x "$1" ] || return 0
    can_compile "$2" || exit 1
    compile "$2" "$3" "$1" "${@:4}"
}

# node_tools [COMMAND...]: what a node runs, and those besides. Only the control plane before it comes from elsewhere too.
node_tools() {
    local command
    [ -x "$binaries/kube-proxy" ] || say "building what a node of Kubernetes $kubernetes runs, once: about 3 minutes with two cores"
    for command in kubelet kube-controller-manager kube-scheduler kube-proxy "$@"; do
        tool "$binaries/$command" "$dev/e2e/node" "k8s.io/kubernetes/cmd/$command" \
            "-X k8s.io/component-base/version.gitVersion=v$kubernetes"
    done
}

# make_image FOLDER: where no registry is reached, on a base of this machine's Debian.
make_image() {
    local base=${BASE:-} started=$SECONDS
    if [ -z "$base" ] && command -v dpkg-deb >/dev/null; then base=tar://$("$dev/image/base.sh" 2>>"$logs/image.log"); fi
    say "building the image of $2: about 2 minutes with two cores"
    # Not by make, which would leave Maven behind when it is told to end. The tests needn't be compiled.
    (cd "$1" && exec mvn -B --no-transfer-progress -Pimage -DskipTests -Dmaven.test.skip=true package ${base:+-Dimage.base="$base"}) \
        >>"$logs/image.log" 2>&1 &
    compiler=$!
    wait "$compiler" || { tail -20 "$logs/image.log" >&2; give_up "there is no image"; }
    compiler=
    say "built it in $((SECONDS - started)) s"
}

has_first_release() { git cat-file -e "$first_release^{commit}" 2>/dev/null; }

# first_release_in FOLDER: its sources.
first_release_in() {
    mkdir -p "$1"
    git archive "$first_release" | tar -x -C "$1"
}

images() {
    if [ ! -f "$image" ] || [ -n "$(find pom.xml src/main src/dev/image -newer "$image" -print -quit)" ]; then
        make_image . "this tree"
        touch "$image"
    fi
    if [ ! -f "$first_image" ] && has_first_release; then
        local work=$run/first-release-build
        first_release_in "$work"
        make_image "$work" "the first release, once"
        cp "$work/target/factory-trust-image.tar" "$first_image.new"
        mv "$first_image.new" "$first_image"
        rm -rf "$work"
    fi
}

# One at a time: another run may be at it.
prepare() {
    mkdir -p "$cache"
    exec 8>"$cache/lock"
    flock -n 8 || { say "another run is at it; waiting"; flock 8; }
    tool "$helm" "$dev/../test/clients/helm" helm.sh/helm/v4/cmd/helm
    case $cluster in
        node) node_tools ;;
        kind)
            tool "$kind" "$dev/e2e/kind" sigs.k8s.io/kind
            choose_node_image
            ;;
    esac
    images
    exec 8>&-
}
