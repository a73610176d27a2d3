# shellcheck shell=bash
# The story of a fleet's trust, act by act, in the namespace that kubectl is at; whoever has a cluster and an operator on it plays it.
# Sourced after device.sh, with $run and its folder keys. $repository is where devices read, if status.url isn't.

act() { step "$((++acts)). $*"; }
acts=0

new_holder() { openssl genpkey -algorithm ed25519 -out "$run/keys/$1.pem" 2>/dev/null; }
public_key() { openssl pkey -in "$run/keys/$1.pem" -pubout | sed "s/^/$2/"; }

# sign PAYLOAD HOLDER: what a holder does where his key lives, and the Secret that carries the result.
sign() {
    local payload=$1 holder=$2 file=$run/$1.json
    until_it_works kubectl get configmap "$payload"
    kubectl get configmap "$payload" -o jsonpath='{.binaryData.payload\.json}' | base64 -d >"$file"
    openssl pkeyutl -sign -rawin -inkey "$run/keys/$holder.pem" -in "$file" -out "$file.$holder"
    kubectl create secret generic "$payload-$holder" --type factory-trust.dev/signature \
        --from-file signature="$file.$holder" >/dev/null
    kubectl label secret "$payload-$holder" factory-trust.dev/signs="$payload" >/dev/null
    fact "$holder signed $payload.json with openssl; the signature is Secret $payload-$holder"
}

# device [URL] [options]: one update, the whole client workflow; its answer is in $answer.
device() {
    local url=${1:-$repository}
    answer=$(tuf_device update "$run/device" "$url" "${@:2}")
}
told() { fact "device: root $(field root), timestamp $(field timestamp), targets $(field targets), paths $(field paths)"; }

a_factory_is_declared() {
    act "A Factory whose root key Alice holds, on her own machine"
    new_holder alice
    new_holder bob
    kubectl apply -f - <<EOF >/dev/null
apiVersion: factory-trust.dev/v1alpha1
kind: Factory
metadata: {name: acme}
spec:
  bootstrap:
    offline:
      threshold: 1
      keys:
        - name: alice
          publicKey: |
$(public_key alice '            ')
  targets: {allowEmpty: true}
  timestamp: {expiresAfter: 30s, refreshBefore: 15s}
EOF
    sign acme-root-1-payload alice
    must "the Factory becomes Ready" kubectl wait --for=condition=Ready --timeout=60s factory/acme >/dev/null
    repository=${repository:-$(kubectl get factory acme -o jsonpath='{.status.url}')}
    fact "Ready: targets, snapshot and timestamp are signed by the cluster, and served at $repository"
}

a_device_is_built() {
    act "A device that was built with root version 1"
    first_root "$run/1.root.json"
    tuf_device init "$run/device" "$run/1.root.json" >/dev/null
    must "the device trusts the repository" device
    told
}

a_target_arrives() {
    act "A Target arrives: kubectl apply -f examples/target.yaml"
    kubectl apply -f examples/target.yaml >/dev/null
    must "the Target is published" kubectl wait --for=condition=Ready --timeout=60s target/firmware-1.4.0.bin >/dev/null
    must "the device is offered it" device "$repository" --target firmware-1.4.0.bin
    told
    must "the path is listed" test "$(field paths)" = "['firmware-1.4.0.bin']"
    fact "and its digest: $(field target)"
}

the_root_is_handed_over() {
    act "Alice hands the root over to Bob"
    kubectl apply -f - <<EOF >/dev/null
apiVersion: factory-trust.dev/v1alpha1
kind: RootRotation
metadata: {name: alice-to-bob}
spec:
  factory: acme
  fromVersion: 1
  message: alice hands over to bob
  root:
    addKeys:
      - name: bob
        publicKey: |
$(public_key bob '          ')
    removeKeys: [alice]
EOF
    sign alice-to-bob-payload bob
    must "Bob alone doesn't suffice" kubectl wait --for=jsonpath='{.status.phase}'=AwaitingSignatures --timeout=60s \
        rootrotation/alice-to-bob >/dev/null
    bob_counts() { [ -z "$(kubectl get rootrotation alice-to-bob -o jsonpath='{.status.signatures.added.missing}' | tr -d '[]')" ]; }
    until_it_works bob_counts
    fact "$(kubectl get rootrotation alice-to-bob -o jsonpath='{.status.conditions[?(@.type=="Complete")].message}')"
    must "root is still version 1" test "$(kubectl get factory acme -o jsonpath='{.status.roles.root.version}')" = 1
    sign alice-to-bob-payload alice
    must "the rotation completes" kubectl wait --for=condition=Complete --timeout=60s rootrotation/alice-to-bob >/dev/null
    kubectl get rootrotation alice-to-bob -o jsonpath='{range .status.diff[*]}   {@}{"\n"}{end}'
}

the_device_follows() {
    act "The old device follows, along the chain of roots"
    must "the device accepts root version 2" device
    told
    must "it trusts version 2" test "$(field root)" = 2
}

somebody_tampers() {
    act "Somebody between device and repository changes one number of the timestamp"
    local attacker_port
    attacker_port=$(free_port)
    start attacker python3 "$PWD/src/dev/demo/man_in_the_middle.py" "$attacker_port" "$repository" "$run"
    until_it_works curl -fsS "http://127.0.0.1:$attacker_port/timestamp.json"
    ! device "http://127.0.0.1:$attacker_port/" || give_up "this does not hold: the device refuses a tampered timestamp"
    fact "device: refused, $(field refused): $(field message)"
    must "it was the signature" test "$(field refused)" = UnsignedMetadataError
    must "the device still accepts the real one" device
    told
}
