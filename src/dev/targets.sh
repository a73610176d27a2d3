#!/usr/bin/env bash
# How one Factory bears many Targets: a throwaway control plane, N Targets (default 5000), and what they cost.
# Usage: src/dev/targets.sh [N]      HEAP=512m is the operator's heap.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scene=targets
heap=${HEAP:-512m}
count=${1:-5000}
# shellcheck source=src/dev/demo/measure.sh
. src/dev/demo/measure.sh
kubectl create namespace demo >/dev/null

status() { kubectl get factory acme -o jsonpath="{.status.$1}"; }
ready() { kubectl get --raw /apis/factory-trust.dev/v1alpha1/namespaces/demo/targets | grep -o '"reason":"Published"' | wc -l; }
now() { date +%s.%N; }
since() { awk -v from="$1" -v to="$(now)" 'BEGIN {printf "%.1f s", to - from}'; }
await() { # seconds, then a command that is to succeed
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || give_up "waited too long for: $*"
        sleep 0.1
    done
}
all_listed() { [ "$(status targets.count)" = "$count" ] && [ "$(status targets.pending)" = 0 ]; }
all_ready() { [ "$(ready)" = "$count" ]; }
later_than() {
    local version
    version=$(status roles.targets.version)
    [ "${version:-0}" -gt "$1" ]
}
served() { # what devices are served as the newest targets
    curl -fsS --compressed -o "$run/targets.json" "http://127.0.0.1:$device_port/demo/acme/targets.json"
}
serves() { served && grep -q "$1" "$run/targets.json"; }
size() { curl -fsS "$@" -o /dev/null -w '%{size_download} bytes in %{time_total} s' "http://127.0.0.1:$device_port/demo/acme/targets.json"; }

start_operator
kubectl create -f - >/dev/null <<EOF
apiVersion: factory-trust.dev/v1alpha1
kind: Factory
metadata: {name: acme, namespace: demo}
spec: {bootstrap: {generate: {}}}
EOF
await 60 later_than 0
echo "one Factory, no Target: $(memory)"

# Hardware, tag, five apps each with a digest of its own: what a Factory's CI writes.
python3 - "$count" >"$run/targets.yaml" <<'EOF'
import hashlib, json, sys
sha = lambda text: hashlib.sha256(text.encode()).hexdigest()
for n in range(int(sys.argv[1])):
    print('---')
    print(json.dumps({
        'apiVersion': 'factory-trust.dev/v1alpha1', 'kind': 'Target',
        'metadata': {'name': f'intel-corei7-64-lmp-{n}', 'namespace': 'demo'},
        'spec': {'factory': 'acme', 'length': 0, 'hashes': {'sha256': sha(f'ostree {n}')},
                 'name': 'intel-corei7-64-lmp', 'version': str(n), 'hardwareIds': ['intel-corei7-64'],
                 'tags': ['main'], 'targetFormat': 'OSTREE',
                 'composeApps': {app: {'uri': f'hub.example.com/acme/{app}@sha256:' + sha(f'{app} {n}')}
                                 for app in ('edge', 'ui', 'telemetry', 'proxy', 'store')}}}))
EOF
began=$(now)
split --lines=$(((count / 4 + 1) * 2)) "$run/targets.yaml" "$run/targets-"
creates=()
for file in "$run"/targets-*; do kubectl create -f "$file" >/dev/null & creates+=($!); done
wait "${creates[@]}"
echo "$count Targets created in $(since "$began")"
created=$(now)
await 600 all_listed
echo "all are listed $(since "$created") after the last was created, in targets version $(status roles.targets.version)"
await 600 all_ready
echo "all say Published $(since "$created") after the last was created"
await 30 serves "lmp-$((count - 1))\""
sleep 10
echo "idle: $(memory)"
echo "served: $(size), gzipped $(size -H 'Accept-Encoding: gzip')"
kubectl get configmap -n demo -o json 2>/dev/null | python3 -c '
import base64, json, sys
items = json.load(sys.stdin)["items"]
size = lambda item: sum(len(base64.b64decode(v)) for v in (item.get("binaryData") or {}).values()) + sum(len(v) for v in (item.get("data") or {}).values())
newest = max((i for i in items if i["metadata"]["labels"].get("factory-trust.dev/role") == "targets"), key=lambda i: int(i["metadata"]["labels"]["factory-trust.dev/version"]))
version = newest["metadata"]["labels"]["factory-trust.dev/version"]
mine = [i for i in items if i["metadata"]["labels"].get("factory-trust.dev/role") == "targets" and i["metadata"]["labels"]["factory-trust.dev/version"] == version]
print(f"stored: targets version {version} in {len(mine)} objects of {sum(map(size, mine))} bytes; {len(items)} ConfigMaps of {sum(map(size, items))} bytes in all")'

for change in 1 2 3; do
    version=$(status roles.targets.version)
    began=$(now)
    kubectl patch target intel-corei7-64-lmp-7 --type merge -p "{\"spec\": {\"custom\": {\"change\": \"no-$change\"}}}" >/dev/null
    await 60 serves "no-$change"
    echo "one Target changed, and served after $(since "$began"), a second of quiet among it"
    await 60 later_than "$version"
done
sleep 10
echo "after three changes: $(memory)"
before=$(writes)
sleep 30
echo "writes in half an idle minute: $(($(writes) - before))"

began=$(now)
restart_operator
await 60 serves "no-3"
echo "restarted, and serving, in $(since "$began"); $(memory)"
