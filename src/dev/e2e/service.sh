# shellcheck shell=bash
# How a Service is reached where its own address isn't: through the API server, which passes requests on to its ready pods.

service_address() {
    [ -f "$run/proxy" ] || start_proxy
    echo "http://127.0.0.1:$(cat "$run/proxy")/api/v1/namespaces/$1/services/$2:$3/proxy"
}

start_proxy() {
    local port
    port=$(free_port)
    start proxy kubectl proxy --port "$port" --cache-dir "$run/cache"
    until_it_works curl -fsS "http://127.0.0.1:$port/version"
    echo "$port" >"$run/proxy"
}
