#!/usr/bin/env bash
# Why a fleet needs a root that its owner holds: builds 763 to 766, one of them offered by a stranger, one by a thief.
#
#   story.sh               in dialect OTAConnect, then in TUF
#   DIALECT=TUF story.sh   in that one alone
#
# The cluster is its own, in target/story; no kubeconfig of the user is read. In OTAConnect the device is src/test/clients/ota-connect,
# in TUF it is python-tuf. BUILT=1 takes the operator as it was built last; STAGE is another folder than target/story.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scene=story
if [ "${1:-}" = stop ]; then
    . src/dev/demo/cluster.sh
    stop_all
    exit
fi
dialects=${DIALECT:-OTAConnect TUF}
for dialect in $dialects; do
    [[ $dialect =~ ^(OTAConnect|TUF)$ ]] || { echo "story: DIALECT is OTAConnect or TUF, not $dialect" >&2; exit 1; }
done
# shellcheck source=src/dev/demo/stage.sh
. src/dev/demo/stage.sh

# --- who plays -------------------------------------------------------------------------------------------------------

name=intel-corei7-64-lmp
story=$PWD/src/dev/story
ota_connect_device() { "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -cp "$run/classes:$command_line" Device "$@"; }

# What somebody types.
types() {
    printf '   $ %s\n' "$*"
    "$@" 2>&1 | sed 's/^/     /'
}

build() { echo "build $1, as $2 made it" >"$run/artifacts/$name-$1"; }

# device URL [options]: one update, the whole client workflow; its answer is in $answer.
device() { answer=$("$player" update "$here/device" "$@"); }

# The highest of the builds that it was offered.
newest() { field paths | grep -o "$name-[0-9]*" | sed 's/.*-//' | sort -n | tail -n 1; }

# accepts URL BUILD: the device takes the metadata, and BUILD is the newest that it lists.
accepts() {
    must "the device accepts what it is served at $1" device "$1" --target "$name-$2"
    fact "device: root $(field root), timestamp $(field timestamp), targets $(field targets); the newest build is $(newest)"
    must "the newest build is $2" test "$(newest)" = "$2"
}

# installs BUILD: what a device does once it trusts the metadata: it fetches, and compares with what was signed.
installs() {
    local file=$here/fetched
    curl -fsS -o "$file" "http://127.0.0.1:$artifacts_port/$name-$1"
    must "build $1 is what was signed" is_as_signed "$file"
    mv "$file" "$here/installed"
    fact "device: fetched $name-$1, length and sha256 as signed: installed"
}
is_as_signed() {
    python3 -c 'import hashlib, json, sys
target, file = json.loads(sys.argv[1])["target"], open(sys.argv[2], "rb").read()
sys.exit((target["length"], target["hashes"]["sha256"]) != (len(file), hashlib.sha256(file).hexdigest()))' "$answer" "$1"
}

# refuses URL: for its signatures, and for nothing less.
refuses() {
    ! device "$1" || give_up "this does not hold: the device refuses what it is served at $1"
    fact "device: refused, $(field refused): $(field message)"
    must "it was the signatures" test "$(field refused)" = "$refused_as"
}

# impostor NAME BUILD [options]: somebody between the device and its repository; his address is in $impostor.
impostor() {
    local port
    port=$(free_port)
    start "$1" "$venv/bin/python" "$story/impostor.py" "$port" "$repository" \
        "$run/artifacts/$name-$2" "$name-$2" "$2" "${@:3}"
    impostor=http://127.0.0.1:$port/
    until_it_works curl -fsS "${impostor}timestamp.json"
}

online_key() {
    kubectl get secrets -l "factory-trust.dev/factory=acme,factory-trust.dev/role=$1" \
        --field-selector type=factory-trust.dev/online-key -o jsonpath='{.items[0].data.private\.pem}' | base64 -d
}

publishes() {
    build "$1" "its owner"
    types kubectl factory target add "$name-$1" --factory acme --file "../artifacts/$name-$1" --custom \
        "{\"name\": \"$name\", \"version\": \"$1\", \"hardwareIds\": [\"intel-corei7-64\"], \"tags\": [\"main\"], \"targetFormat\": \"BINARY\"}"
}

# --- the story -------------------------------------------------------------------------------------------------------

tell_it() {
    local dialect=$1 here=$run/$1 player=tuf_device repository path='' namespace refused_as
    namespace=$(echo "$dialect" | tr '[:upper:]' '[:lower:]')
    refused_as=UnsignedMetadataError
    if [ "$dialect" = OTAConnect ]; then
        player=ota_connect_device path=repo/ refused_as=UnsignedMetadataException
    fi
    mkdir "$here"
    cd "$here"
    kubectl create namespace "$namespace" >/dev/null
    kubectl config set-context --current --namespace "$namespace" >/dev/null

    step "$dialect 1. A Factory; its root key is made in the cluster"
    kubectl apply -f - <<END >/dev/null
apiVersion: factory-trust.dev/v1alpha1
kind: Factory
metadata: {name: acme}
spec:
  dialect: $dialect
  bootstrap: {generate: {}}
  targets: {allowEmpty: true}
END
    must "the Factory becomes Ready" kubectl wait --for=condition=Ready --timeout=60s factory/acme >/dev/null
    repository=$(kubectl get factory acme -o jsonpath='{.status.url}')/$path
    fact "Ready, and served at $repository"

    step "$dialect 2. The owner takes the root key home, and the cluster forgets it"
    types kubectl factory keys download acme --archive keys.tgz --erase
    ! kubectl get secret acme-root-keys >/dev/null 2>&1 || give_up "this does not hold: the Secret is erased"

    step "$dialect 3. A device is built with root version 1 and build 763"
    publishes 763
    first_root "$here/1.root.json"
    "$player" init "$here/device" "$here/1.root.json" >/dev/null
    accepts "$repository" 763
    installs 763

    step "$dialect 4. CI publishes build 764; the device sees it and takes it"
    publishes 764
    accepts "$repository" 764
    installs 764

    step "$dialect 5. The root key is exchanged, in one step; the device follows"
    types kubectl factory keys rotate acme --archive keys.tgz --url "$repository" --yes
    accepts "$repository" 764
    must "it trusts root version 2" test "$(field root)" = 2

    step "$dialect 6. A fake OTA service, with keys of its own, offers build 765"
    build 765 "a stranger"
    impostor "stranger-$dialect" 765
    refuses "$impostor"
    fact "so it tries a next root that names its keys:"
    impostor "usurper-$dialect" 765 --new-root
    refuses "$impostor"
    accepts "$repository" 764

    step "$dialect 7. The cluster's Secrets are stolen: all that signs targets, snapshot and timestamp. The thief offers build 766"
    build 766 "a thief"
    (umask 077 && mkdir "$here/stolen")
    for role in targets snapshot timestamp; do online_key "$role" >"$here/stolen/$role.pem"; done
    impostor "thief-$dialect" 766 --keys "$here/stolen"
    accepts "$impostor" 766
    fact "and would install it: these keys are what it believes"

    step "$dialect 8. The owner says so, with a root key that the cluster has never seen"
    types kubectl factory keys rotate acme --archive keys.tgz --compromise --keep-root-key \
        --message "the Secrets leaked" --url "$repository" --yes
    fact "the device comes by, although the thief has shown it versions far ahead of the true ones:"
    accepts "$repository" 764
    must "it trusts root version 3" test "$(field root)" = 3
    fact "the thief tries again, with the device and with a new one that knows root version 1 only:"
    refuses "$impostor"
    rm -r "$here/device"
    "$player" init "$here/device" "$here/1.root.json" >/dev/null
    refuses "$impostor"
    accepts "$repository" 764
    must "build 764 is what is installed" grep -q "build 764, as its owner made it" "$here/installed"
}

began=$SECONDS
step "A control plane of its own, and the operator under the rights of deploy/"
raise_curtain
command_line=$(echo "$PWD"/target/factory-trust-*-cli.jar)
mkdir "$run/classes" "$run/artifacts"
"$JAVA_HOME/bin/javac" -cp "$command_line" -d "$run/classes" "$clients/ota-connect/Device.java"
artifacts_port=$(free_port)
start artifacts python3 -m http.server --bind 127.0.0.1 --directory "$run/artifacts" "$artifacts_port"

for dialect in $dialects; do tell_it "$dialect"; done
step "All of it held, in $((SECONDS - began)) s"
