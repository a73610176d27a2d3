# source <(kubectl-factory completion bash)
_kubectl_factory() {
    local line lines directive
    # A = parts words here, as readline has it: --output=json comes as three.
    local word words=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ ${#words[@]} -gt 0 && ($word == = || ${words[-1]} == --*=) && ${words[-1]} == --* ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    mapfile -t lines < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
    [[ ${#lines[@]} -gt 0 ]] || return
    directive=${lines[-1]}
    unset 'lines[-1]'
    COMPREPLY=()
    for line in "${lines[@]}"; do
        line=${line%%$'\t'*}
        [[ ${words[-1]} == --*=* ]] && line=${line#*=}
        COMPREPLY+=("$line")
    done
    if [[ $directive == :0 ]]; then
        compopt -o default
    fi
}
complete -F _kubectl_factory kubectl-factory
