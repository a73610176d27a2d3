#!/usr/bin/env bash
# Prints a folder with kube-apiserver, etcd and kubectl, of the version that the tests run against: the one that is
# there, else a released one, else one built from the pinned sources beside this script.
set -euo pipefail

dev=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's:.*<kubernetes.version>\([0-9.]*\)</kubernetes.version>.*:\1:p' "$dev/../../pom.xml")
os=$(uname -s | tr '[:upper:]' '[:lower:]')
case $(uname -m) in
    x86_64 | amd64) arch=amd64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) arch=$(uname -m) ;;
esac
# The folder that io.fabric8:kube-api-test reads.
home=${KUBE_API_TEST_DIR:-$HOME/.kubeapitest}
folder=$home/k8s/$version-$os-$arch

stamp="-X k8s.io/component-base/version.gitVersion=v$version"

say() { echo "control plane: $*" >&2; }
# shellcheck source=src/dev/compile.sh
. "$dev/compile.sh"

complete() {
    local binary
    for binary in kube-apiserver etcd kubectl; do
        [ -x "$1/$binary" ] || return 1
    done
}

# The release that the Kubernetes project makes for tests, checked against the digest in its index.
download() {
    command -v curl >/dev/null || { say "no curl to download with"; return 1; }
    local archive=envtest-v$version-$os-$arch.tar.gz index entry digest url
    local index_url=https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml
    index=$(curl -fsSL --connect-timeout 5 --max-time 15 "$index_url") || { say "no release index to be had"; return 1; }
    entry=$(grep -A2 "^ *$archive:" <<<"$index") || { say "no release of $archive"; return 1; }
    digest=$(sed -n 's/^ *hash: *//p' <<<"$entry")
    url=$(sed -n 's/^ *selfLink: *//p' <<<"$entry")
    say "downloading $archive"
    curl -fsSL --connect-timeout 5 --speed-limit 10000 --speed-time 15 -o "$work/archive" "$url" || return 1
    [ "$(sha512 "$work/archive")" = "$digest" ] || { say "$archive is not what its index says"; return 1; }
    tar -xzf "$work/archive" -C "$work/out" --strip-components=2 && complete "$work/out"
}

sha512() {
    if command -v sha512sum >/dev/null; then sha512sum "$1"; else shasum -a 512 "$1"; fi | cut -d' ' -f1
}

build() {
    local module=$dev/control-plane
    grep -q "k8s.io/kubernetes v$version " "$module/go.mod" || { say "go.mod pins another version than pom.xml: $version"; return 1; }
    can_compile "$module" || return 1
    say "building version $version from its sources, once: about 8 minutes with two cores"
    compile "$module" go.etcd.io/etcd/server/v3 "$work/out/etcd" &&
        compile "$module" k8s.io/kubernetes/cmd/kubectl "$work/out/kubectl" "$stamp" &&
        compile "$module" k8s.io/kubernetes/cmd/kube-apiserver "$work/out/kube-apiserver" "$stamp"
}

clean_up() {
    stop_compiling
    [ -z "${work:-}" ] || rm -rf "$work"
}

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
    complete "$KUBEBUILDER_ASSETS" || { say "KUBEBUILDER_ASSETS lacks kube-apiserver, etcd or kubectl"; exit 1; }
    echo "$KUBEBUILDER_ASSETS"
    exit
fi

if ! complete "$folder"; then
    mkdir -p "$home/k8s"
    if command -v flock >/dev/null; then
        exec 9>"$home/control-plane.lock"
        flock -n 9 || { say "another run is at it; waiting"; flock 9; }
    fi
fi
if ! complete "$folder"; then
    trap clean_up EXIT
    # On the same file system, so that the folder appears whole or not at all.
    work=$(mktemp -d "$home/k8s/.new-XXXXXX")
    mkdir "$work/out"
    download || build
    rm -rf "$folder"
    mv "$work/out" "$folder"
fi
echo "$folder"
