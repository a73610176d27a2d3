#!/usr/bin/env bash
# What docs/operations/image.md says about signing, typed: the image that `make image` made is pushed to a registry of its own on this
# machine, signed and verified; whatever was tampered with has to be refused. BASE as it was there.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
base=${BASE:-}
tools=$PWD/target/signing
image=factory-trust-image.tar

say() { echo "signing: $*" >&2; }
give_up() { say "$*"; exit 1; }

# refused WHY COMMAND…: it must fail, and say why.
refused() {
    local why=$1
    shift
    if "$@" >"$work/said" 2>&1; then give_up "this should have been refused: $*"; fi
    grep -q "$why" "$work/said" || { cat "$work/said" >&2; give_up "this was refused, but not because of: $why"; }
    say "refused: $why"
}

[ -f "target/$image" ] || give_up "no target/$image; make one: make image"
mkdir -p "$tools"
say "building cosign and crane, once: minutes"
CGO_ENABLED=0 go -C src/dev/image/signing build -mod=readonly -trimpath -ldflags "-s -w" -o "$tools/" tool
export PATH="$tools:$PATH"

work=$(mktemp -d)
mkdir "$work/blobs"
crane registry serve --address 127.0.0.1:0 --disk "$work/blobs" 2>"$work/registry.log" &
registry=$!
trap 'kill "$registry"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
until port=$(grep -o 'serving on port .*' "$work/registry.log"); do sleep 0.1; done
repository=127.0.0.1:${port##* }/factory-trust
http=--allow-http-registry

expected=$(cat target/jib-image.digest)
make push NAME="$repository:signing" ${base:+BASE="$base"} INSECURE=1 >"$work/push.log" 2>&1 ||
    { cat "$work/push.log" >&2; give_up "the registry doesn't have it"; }
digest=$(crane digest "$repository:signing")
[ "$digest" = "$expected" ] || give_up "the registry has $digest, and make image said $expected"
say "pushed: $digest"
signed=$repository@$digest

COSIGN_PASSWORD=$(openssl rand -hex 16)
export COSIGN_PASSWORD
cp target/bom.json "target/$image" "$work/"
cd "$work"
cosign generate-key-pair --output-key-prefix release 2>&1 | sed 's/^/signing: /' >&2
cosign generate-key-pair --output-key-prefix stranger 2>/dev/null
cosign signing-config create --out nowhere.json
cosign trusted-root create --out nobody.json
key=(--key release.key --signing-config nowhere.json --trusted-root nobody.json)
public=(--key release.pub --insecure-ignore-tlog)

cosign sign "${key[@]}" $http "$signed"
cosign attest "${key[@]}" $http --type cyclonedx --predicate bom.json "$signed"
cosign verify "${public[@]}" $http "$signed" >/dev/null
cosign verify-attestation "${public[@]}" $http --type cyclonedx "$signed" >attestation.json
python3 - <<'PY'
import base64, json
statement = json.loads(base64.b64decode(json.load(open("attestation.json"))["payload"]))
assert statement["predicate"] == json.load(open("bom.json")), "the SBOM that was signed is another"
PY
cosign sign-blob "${key[@]}" --bundle $image.sigstore.json $image
cosign verify-blob "${public[@]}" --bundle $image.sigstore.json $image

# In the older format, which policy-controller wants.
older=(--new-bundle-format=false)
cosign sign --key release.key "${older[@]}" --use-signing-config=false --tlog-upload=false $http "$signed"
cosign verify "${public[@]}" "${older[@]}" $http "$signed" >/dev/null
refused "invalid signature" cosign verify --key stranger.pub --insecure-ignore-tlog "${older[@]}" $http "$signed"

refused "could not verify envelope" cosign verify --key stranger.pub --insecure-ignore-tlog $http "$signed"
# Another image takes the tag; then the true image's signature is put beside it.
echo tampered >tampered && tar -cf tampered.tar tampered
crane append -b "$signed" -f tampered.tar -t "$repository:signing" >/dev/null 2>&1
other=$(crane digest "$repository:signing")
[ "$other" != "$digest" ] || give_up "the image wasn't changed"
refused "no signatures found" cosign verify "${public[@]}" $http "$repository:signing"
crane tag "$repository:sha256-${digest#sha256:}" "sha256-${other#sha256:}" 2>/dev/null
refused "artifact digest does not match" cosign verify "${public[@]}" $http "$repository:signing"
# The file, with one byte more.
echo >>$image
refused "failed to verify signature" cosign verify-blob "${public[@]}" --bundle $image.sigstore.json $image
say "signed and verified; what was tampered with is refused"
