#compdef kubectl-factory
# source <(kubectl-factory completion zsh), after compinit
_kubectl_factory() {
    local -a lines candidates
    local line directive
    lines=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    directive=$lines[-1]
    for line in "${(@)lines[1,-2]}"; do
        # What stands before the first colon is the candidate to _describe.
        candidates+=("${${line%%$'\t'*}//:/\\:}${${(M)line%%$'\t'*}:+:${line#*$'\t'}}")
    done
    _describe -V 'kubectl factory' candidates
    if [[ $directive == :0 ]]; then
        _files
    fi
}
compdef _kubectl_factory kubectl-factory
