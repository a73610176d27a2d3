# shellcheck shell=bash
# What can happen to the replica that signs. Sourced by e2e.sh.

holder() { kubectl -n "$system" get lease factory-trust -o jsonpath='{.spec.holderIdentity}'; }
another_leads() { [[ -n $(holder) && $(holder) != "$leader" ]]; }
restarts() { kubectl -n "$system" get pod "$1" -o jsonpath='{.status.containerStatuses[0].restartCount}'; }
has_restarted() { [ "$(restarts "$leader")" -gt "$restarted" ]; }
is_ready() { [ "$(kubectl -n "$system" get pod "$1" -o jsonpath='{.status.containerStatuses[0].ready}')" = true ]; }

# process POD COMMAND: the id, on the node, of the process of that name in the pod.
process() {
    local uid
    uid=$(kubectl -n "$system" get pod "$1" -o jsonpath='{.metadata.uid}')
    # shellcheck disable=SC2016
    on_node bash -c 'for process in /proc/[0-9]*; do
        ! grep -qE "pod($1|${1//-/_})" "$process/cgroup" 2>/dev/null || [ "$(cat "$process/comm")" != "$2" ] || echo "${process#/proc/}"
    done' bash "$uid" "$2" | head -1
}

remember_leader() {
    until_it_works eval '[ -n "$(holder)" ]'
    leader=$(holder)
    restarted=$(restarts "$leader")
}

# A pod's own grace period is 30 s: what takes that long was killed.
leader_is_deleted() {
    step "the leader's pod is deleted: it drains, another signs, no request fails"
    remember_leader
    unanswered_since
    local began=$SECONDS
    kubectl -n "$system" delete pod "$leader" >/dev/null
    local took=$((SECONDS - began))
    fact "it was gone after $took s"
    must "it drains within its grace period" test "$took" -lt 25
    until_it_works another_leads
    refreshes
    rolled_out
    nothing_failed
}

leader_is_killed() {
    step "the leader is killed: one signs on"
    remember_leader
    unanswered_since
    local began=$SECONDS
    on_node kill -KILL "$(process "$leader" java)"
    refreshes
    fact "signed again after $((SECONDS - began)) s"
    until_it_works has_restarted
    settles
}

# Woken, it finds what it had been told meanwhile before it finds that its lease is another's. What it then tries must come to nothing.
leader_is_paused() {
    step "the leader is paused for longer than its lease: another signs, and the paused one doesn't when it wakes"
    remember_leader
    unanswered_since
    local java began=$SECONDS
    java=$(process "$leader" java)
    on_node kill -STOP "$java"
    ask_to_refresh
    until_it_works another_leads
    must "another signs" has_refreshed
    fact "signed again after $((SECONDS - began)) s"
    ask_to_refresh
    on_node kill -CONT "$java"
    must "one of them signs" has_refreshed
    until_it_works has_restarted
    must "the woken one says why it ended" eval 'kubectl -n "$system" logs "$leader" --previous | grep "lease $system/factory-trust is lost" >/dev/null'
    must "the lease is still another's" another_leads
    settles
}

# Packets to the API server are dropped where the pod's own network begins, so that its connections hang rather than break.
leader_is_cut_off() {
    step "the leader is cut off from the API server: another signs, it serves on; healed, it makes way for a new process"
    remember_leader
    unanswered_since
    local began=$SECONDS inside api rule
    inside=$(process "$leader" pause)
    api=$(kubectl get service kubernetes -o jsonpath='{.spec.clusterIP}')
    rule=(OUTPUT -d "$api" -p tcp -j DROP)
    on_node nsenter -t "$inside" -n iptables -w -I "${rule[@]}"
    ask_to_refresh
    until_it_works another_leads
    must "another signs" has_refreshed
    fact "signed again after $((SECONDS - began)) s"
    nothing_failed
    on_node nsenter -t "$inside" -n iptables -w -D "${rule[@]}"
    until_it_works has_restarted
    settles
}
