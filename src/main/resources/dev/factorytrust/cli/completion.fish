# kubectl-factory completion fish | source
function __kubectl_factory_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines ($words[1] __complete $words[2..-1] 2>/dev/null)
    if test "$lines[-1]" = :0
        __fish_complete_path (commandline -ct)
    end
    if test (count $lines) -gt 1
        printf '%s\n' $lines[1..-2]
    end
end
complete -c kubectl-factory -f -a '(__kubectl_factory_complete)'
