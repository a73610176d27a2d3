#!/usr/bin/env bash
# What target/factory-trust-image.tar is has to be what docs/operations/image.md says. Run as root, after `make image`; needs no
# container engine: the image's programs run in it as its user, on a read-only root with a /tmp, against a throwaway control plane.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
scene=image-check
# shellcheck source=src/dev/demo/cluster.sh
. src/dev/demo/cluster.sh
[ "$(id -u)" = 0 ] || { say "needs root, for chroot and mount"; exit 1; }
[ ! -e "$run" ] || { say "it is still up, in $run"; exit 1; }

work=$(mktemp -d)
chmod 755 "$work"
rootfs=$work/rootfs
clean_up() {
    stop_all
    for mounted in tmp proc ''; do
        ! mountpoint -q "$rootfs/$mounted" || umount "$rootfs/$mounted"
    done
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

mkdir "$work/tar" "$rootfs"
tar -C "$work/tar" -xf target/factory-trust-image.tar
python3 - "$work/tar" <<'PY' >"$work/layers"
import json, sys
image = json.load(open(sys.argv[1] + "/manifest.json"))[0]
config = json.load(open(sys.argv[1] + "/" + image["Config"]))["config"]
assert config["User"] == "65532:65532", config["User"]
assert config["Labels"]["org.opencontainers.image.revision"] == open("target/image/revision").read().strip(), config["Labels"]
assert config["Cmd"][:1] == ["java"] and not config.get("Entrypoint"), config
print(*image["Layers"], sep="\n")
PY
while read -r layer; do
    tar --warning=no-unknown-keyword -C "$rootfs" -xf "$work/tar/$layer"
done <"$work/layers"
[ -s "$rootfs/opt/factory-trust/sbom.cdx.json" ] || give_up "no SBOM"
[ -z "$(find "$rootfs" -perm /6000 -type f)" ] || give_up "a program is setuid"
say "$(du -sh "$rootfs" | cut -f1) unpacked; shells in it: $(find "$rootfs" \( -name sh -o -name bash -o -name busybox \) | wc -l)"

mkdir -p "$rootfs/proc" "$rootfs/tmp"
mount --bind "$rootfs" "$rootfs"
mount -t proc proc "$rootfs/proc"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$rootfs/tmp"
mount -o remount,ro,bind "$rootfs"
inside=(chroot --userspec=65532:65532 "$rootfs")
"${inside[@]}" /opt/factory-trust/bin/kubectl-factory --version

assets=$(src/dev/control-plane.sh)
export PATH="$assets:$PATH" KUBECONFIG=$run/kubeconfig
mkdir -p "$run" "$logs"
start_control_plane
kubectl apply --server-side -f crds >/dev/null
kubectl apply --server-side -k deploy >/dev/null
kubectl wait --for=condition=Established --timeout=30s crd/factories.factory-trust.dev >/dev/null
kubeconfig "$(kubectl -n factory-trust-system create token factory-trust --duration 1h)" |
    sed "s:$run/pki:/tmp:" >"$rootfs/tmp/kubeconfig"
cp "$run/pki/apiserver.crt" "$rootfs/tmp/"
chown 65532 "$rootfs/tmp/"*
device_port=$(free_port) management_port=$(free_port)
began=$SECONDS
# Started again whenever it ends, as a kubelet would: it ends by itself where the API server closes the watches of CRDs this new.
# shellcheck disable=SC2016
restarted='trap "kill \$!; wait; exit" TERM; while :; do "$@" & wait; sleep 1; done'
start operator bash -c "$restarted" kubelet \
    env -i PATH="$PATH" KUBECONFIG=/tmp/kubeconfig POD_NAME=image POD_NAMESPACE=factory-trust-system "${inside[@]}" \
    /opt/factory-trust/jre/bin/java -XX:+UseSerialGC -Ddemo.folder="$run" -Dquarkus.http.host=127.0.0.1 \
    -Dquarkus.http.port="$device_port" -Dquarkus.management.host=127.0.0.1 \
    -Dquarkus.management.port="$management_port" -jar /opt/factory-trust/operator/quarkus-run.jar
until_it_works curl -fsS "http://127.0.0.1:$management_port/q/health/ready"
say "the operator is ready after $((SECONDS - began)) s"
kubectl create namespace demo >/dev/null
kubectl apply -n demo -f examples/factory-generate.yaml >/dev/null
factory=$(kubectl -n demo get factory -o jsonpath='{.items[0].metadata.name}')
kubectl -n demo wait --for=condition=Ready --timeout=120s "factory/$factory"
until_it_works curl -fsS -o "$run/1.root.json" "http://127.0.0.1:$device_port/demo/$factory/1.root.json"
cp "$run/1.root.json" "$rootfs/tmp/"
"${inside[@]}" /opt/factory-trust/bin/kubectl-factory verify "http://127.0.0.1:$device_port/demo/$factory" --root /tmp/1.root.json
say "the operator published a Factory, and kubectl-factory verified it"

# A key is made in it, and a payload is signed in it, without a network. It can't ask: there is no stty.
alone=(unshare --net chroot --userspec=65532:65532 "$rootfs" /opt/factory-trust/bin/kubectl-factory)
"${alone[@]}" keys generate --name alice --out /tmp/alice.pem >"$run/alice.yaml" 2>/dev/null
kubectl apply -n demo -f - <<EOF >/dev/null
apiVersion: factory-trust.dev/v1alpha1
kind: RootRotation
metadata: {name: alice}
spec:
  factory: $factory
  fromVersion: 1
  message: alice holds the root, too
  root:
    addKeys:
$(sed -n '/^- name/,$s/^/      /p' "$run/alice.yaml")
EOF
until_it_works kubectl -n demo get configmap alice-payload
kubectl -n demo get configmap alice-payload -o jsonpath='{.binaryData.payload\.json}' | base64 -d >"$rootfs/tmp/payload.json"
sign=("${alone[@]}" sign /tmp/payload.json --key /tmp/alice.pem --current /tmp/1.root.json)
if "${sign[@]}" 2>"$run/said"; then give_up "it signed, and nobody said yes"; fi
grep -e --yes "$run/said" >/dev/null || give_up "$(cat "$run/said")"
"${sign[@]}" --yes 2>/dev/null | kubectl apply -n demo -f - >/dev/null
alice_counts() { [ "$(kubectl -n demo get rootrotation alice -o jsonpath='{.status.signatures.added.missing}')" = '[]' ]; }
until_it_works alice_counts
say "a key that was made in it signed in it, and the operator counts it"
