#!/usr/bin/env bash
# One fleet's trust on this machine, from nothing to a rotated root, with a real device that watches.
#
#   demo.sh         shows it and cleans up; KEEP=1 leaves everything running
#   demo.sh stop    ends what KEEP=1 has left
#
# The cluster is its own, in target/demo; no kubeconfig of the user is read.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scene=demo
if [ "${1:-}" = stop ]; then
    . src/dev/demo/cluster.sh
    stop_all
    exit
fi
# shellcheck source=src/dev/demo/stage.sh
. src/dev/demo/stage.sh
# shellcheck source=src/dev/demo/play.sh
. src/dev/demo/play.sh

began=$SECONDS
act "A control plane of its own, and the operator under the rights of deploy/"
raise_curtain
kubectl create namespace demo >/dev/null

a_factory_is_declared
a_device_is_built
a_target_arrives

act "Timestamps live for 30 s here, and renew by themselves after 15"
timestamp_version() { curl -fsS "${repository%/}/timestamp.json" | python3 -c 'import json, sys; print(json.load(sys.stdin)["signed"]["version"])'; }
before=$(timestamp_version)
has_grown() { [ "$(timestamp_version)" -ge $((before + 2)) ]; }
until_it_works has_grown
fact "version $before has become $(timestamp_version), and nobody did anything"
must "the device accepts it" device
told

the_root_is_handed_over
the_device_follows
somebody_tampers

step "All of it held, in $((SECONDS - began)) s"
kubectl get factories,targets,rootrotations
if [ -n "${KEEP:-}" ]; then
    trap - EXIT
    echo "export KUBECONFIG='$KUBECONFIG' PATH='$assets':\"\$PATH\" MANAGEMENT=$management_url" >"$run/env"
    cat <<EOF

Left running, in $run:

  . target/demo/run/env
  kubectl get factory acme -o yaml
  curl ${repository%/}/timestamp.json
  curl -s \$MANAGEMENT/q/metrics | grep ^factory_trust
  tail -f $logs/operator.log
  $venv/bin/python $clients/python-tuf/device.py update $run/device $repository

The keys of Alice and Bob are in $run/keys. To end it: make demo-stop
EOF
fi
