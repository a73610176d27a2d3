#!/usr/bin/env bash
# All tests: what they need is looked for first, so that nothing is missed minutes later.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { echo "test: $*" >&2; }
need() {
    command -v "$1" >/dev/null || { say "$1 is missing; $2"; exit 1; }
}

need mvn "install Maven 3.8 or newer"
need go "the go-tuf device is built with Go 1.25 or newer (https://go.dev/dl)"
need python3 "the python-tuf device runs on Python 3.10 or newer, and the tuf-js device gets its Node through it"
for tool in openssl curl ps; do need "$tool" "the story (src/dev/story.sh) is told with it"; done
[ "${CLIENTS:-}" != all ] || need cargo "the tough device is built with it (https://rustup.rs)"
python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
    { say "python3 is older than 3.10 or lacks venv (Debian: apt-get install python3-venv)"; exit 1; }

JAVA_HOME=$(src/dev/jdk.sh)
say "JDK in $JAVA_HOME"
KUBEBUILDER_ASSETS=$(src/dev/control-plane.sh)
say "control plane in $KUBEBUILDER_ASSETS"
export JAVA_HOME KUBEBUILDER_ASSETS
exec mvn -B --no-transfer-progress verify "$@"
