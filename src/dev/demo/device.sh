# shellcheck shell=bash
# A device, and how a scene tells what comes of it. Sourced after cluster.sh.

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fact() { printf '   %s\n' "$*"; }
# The scene's own check of what it claims.
must() {
    local what=$1
    shift
    "$@" || give_up "this does not hold: $what"
}

# The device: python-tuf, from pins with digests, once.
clients=$PWD/src/test/clients
venv=$PWD/target/demo/python-tuf
if ! cmp -s "$clients/python-tuf/requirements.txt" "$venv/installed.txt"; then
    say "installing python-tuf into $venv"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$clients/python-tuf/requirements.txt"
    cp "$clients/python-tuf/requirements.txt" "$venv/installed.txt"
fi
tuf_device() { "$venv/bin/python" "$clients/python-tuf/device.py" "$@"; }

# A member of what the device has answered last.
field() { python3 -c 'import json, sys; print(json.loads(sys.argv[1]).get(sys.argv[2], ""))' "$answer" "$1"; }

# The root that a device is built with.
first_root() { kubectl get configmap acme-root-1 -o jsonpath='{.binaryData.root\.json}' | base64 -d >"$1"; }
