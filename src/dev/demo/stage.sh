# shellcheck shell=bash
# What every scene begins with: tools, what is to be shown, a device, a control plane. Sourced with $scene set.

# shellcheck source=src/dev/demo/cluster.sh
. src/dev/demo/cluster.sh

for tool in openssl curl python3 ps; do
    command -v "$tool" >/dev/null || { say "$tool is missing"; exit 1; }
done
openssl pkeyutl -help 2>&1 | grep rawin >/dev/null || { say "OpenSSL 3 or newer is needed to sign with Ed25519 keys"; exit 1; }
[ ! -e "$run" ] || { say "it is still up; end it first: src/dev/$scene.sh stop"; exit 1; }

JAVA_HOME=$(src/dev/jdk.sh)
assets=$(src/dev/control-plane.sh)
export JAVA_HOME PATH="$assets:$PWD/target:$PATH" KUBECONFIG=$run/kubeconfig

jar=target/quarkus-app/quarkus-run.jar
if [ ! -f "$jar" ] || { [ -z "${BUILT:-}" ] && [ -n "$(find pom.xml src/main -newer "$jar" -print -quit)" ]; }; then
    say "building the operator"
    mvn -q -B --no-transfer-progress -DskipTests package >&2
    touch "$jar"
fi

# shellcheck source=src/dev/demo/device.sh
. src/dev/demo/device.sh

mkdir -p "$run/keys" "$logs"
rm -f "$logs"/*.log
set -E
trap 'say "line $LINENO failed: $BASH_COMMAND"' ERR
trap stop_all EXIT
trap 'exit 130' INT TERM

# A control plane with the CRDs, and the operator on it.
raise_curtain() {
    local began=$SECONDS
    start_control_plane
    kubectl apply -f crds >/dev/null
    kubectl apply -k deploy >/dev/null
    start_operator
    fact "API server on port $api_port, metadata on port $device_port ($((SECONDS - began)) s)"
}
