# shellcheck shell=bash
# Building a command from pinned Go modules. Sourced; needs a function say.

# compile MODULE_FOLDER PACKAGE FILE [FLAG_OF_THE_LINKER...]: once that it ends, the file is whole; until then it isn't there.
compile() {
    local name=${3##*/} started=$SECONDS log
    log=$(mktemp)
    mkdir -p "${3%/*}"
    CGO_ENABLED=0 go -C "$1" build -mod=readonly -trimpath -ldflags "-s -w ${*:4}" -o "$3.new" "$2" </dev/null >"$log" 2>&1 &
    compiler=$!
    while kill -0 "$compiler" 2>/dev/null; do
        sleep 1
        (((SECONDS - started) % 15)) || say "building $name, $((SECONDS - started)) s"
    done
    wait "$compiler" || { tail -20 "$log" >&2; rm -f "$log" "$3.new"; return 1; }
    compiler=
    rm -f "$log"
    mv "$3.new" "$3"
    say "built $name in $((SECONDS - started)) s"
}

# Whether the Go that is here can build that module; says so if it can't. From 1.21 on a Go fetches the toolchain that go.mod asks for.
can_compile() {
    local needed found
    needed=$(sed -n 's/^go //p' "$1/go.mod")
    found=$(go -C "$1" env GOVERSION 2>/dev/null) &&
        [ "$(printf '%s\n' "$needed" "${found#go}" | sort -V | head -1)" = "$needed" ] && return
    say "building needs Go $needed or newer, and ${found:-no Go} is here: install it from https://go.dev/dl"
    return 1
}

stop_compiling() { [ -z "${compiler:-}" ] || kill "$compiler" 2>/dev/null || true; }
