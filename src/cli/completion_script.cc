#include "cli/completion.h"

namespace eulerpublisher::cli {
namespace {

constexpr const char* bash_script =
    R"(# bash completion for eulerpublisher, printed by `eulerpublisher completion bash`.
_eulerpublisher() {
    COMPREPLY=()
    # Bash cuts words at ':' and '=' too; here they are put together again.
    local line=${COMP_LINE:0:COMP_POINT} i blank
    local -a words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        blank=${line%%[![:space:]]*}
        line=${line#"$blank"}
        local piece=${COMP_WORDS[i]}
        ((i < COMP_CWORD)) || piece=$line
        if ((i == 0)) || [[ -n $blank || ${#words[@]} -eq 0 ]]; then
            words+=("$piece")
        else
            words[${#words[@]} - 1]+=$piece
        fi
        line=${line#"$piece"}
    done

    local paths kept candidate
    local -a candidates=()
    {
        IFS= read -r paths
        IFS= read -r kept
        while IFS= read -r candidate; do candidates+=("${candidate%%$'\t'*}"); done
    } < <("${words[0]/#\~\//$HOME/}" __complete "${words[@]:1}" 2>/dev/null)

    local word=${words[${#words[@]} - 1]}
    # What bash holds to be the word begins after the last of its own cuts.
    local cut=
    case $word in *[:=]*) cut=${word%"${word##*[:=]}"} ;; esac
    for candidate in "${candidates[@]}"; do
        case $candidate in *: | *,) compopt -o nospace 2>/dev/null ;; esac
        COMPREPLY+=("${candidate#"$cut"}")
    done
    case $paths in
        files | folders)
            local kind=-f
            [ "$paths" = files ] || kind=-d
            compopt -o filenames 2>/dev/null
            while IFS= read -r candidate; do COMPREPLY+=("${candidate#"${cut#"$kept"}"}"); done \
                < <(compgen "$kind" -- "${word#"$kept"}")
            ;;
    esac
}
complete -F _eulerpublisher eulerpublisher
)";

constexpr const char* zsh_script = R"(#compdef eulerpublisher
# zsh completion for eulerpublisher, printed by `eulerpublisher completion zsh`.
_eulerpublisher() {
    local answer paths kept line
    local -a lines candidates unfinished
    answer=$("${(Q)words[1]/#\~\//$HOME/}" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null) || return 1
    lines=("${(@f)answer}")
    paths=$lines[1]
    kept=$lines[2]
    for line in "${(@)lines[3,-1]}"; do
        [[ -n $line ]] || continue
        local word=${line%%$'\t'*} says=${line#*$'\t'}
        word=${word#$kept}
        if [[ $word == *: ]]; then
            unfinished+=("${word//:/\\:}:$says")
        else
            candidates+=("${word//:/\\:}${says:+:$says}")
        fi
    done
    [[ -z $kept ]] || compset -P "${(b)kept}"
    local status_=1
    (( $#candidates )) && _describe -V 'eulerpublisher' candidates && status_=0
    (( $#unfinished )) && _describe -V 'eulerpublisher' unfinished -S '' && status_=0
    case $paths in
        files) _files && status_=0 ;;
        folders) _files -/ && status_=0 ;;
    esac
    return status_
}
if [[ $funcstack[1] == _eulerpublisher ]]; then
    _eulerpublisher "$@"
else
    compdef _eulerpublisher eulerpublisher
fi
)";

constexpr const char* fish_script =
    R"(# fish completion for eulerpublisher, printed by `eulerpublisher completion fish`.
function __eulerpublisher_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l lines ($words[1] __complete $words[2..-1] "$word" 2>/dev/null)
    test (count $lines) -ge 1; or return
    set -l kept "$lines[2]"
    if test (count $lines) -gt 2
        printf '%s\n' $lines[3..-1]
    end
    set -l begun (string sub -s (math (string length -- "$kept") + 1) -- "$word")
    switch $lines[1]
        case files
            for path in (__fish_complete_path "$begun")
                printf '%s%s\n' "$kept" "$path"
            end
        case folders
            for path in (__fish_complete_directories "$begun" "")
                printf '%s%s\n' "$kept" "$path"
            end
    end
end
complete -c eulerpublisher -f -k -a '(__eulerpublisher_complete)'
)";

}  // namespace

Result<std::string> completion_script(const std::string& shell) {
  if (shell == "bash") return std::string(bash_script);
  if (shell == "zsh") return std::string(zsh_script);
  if (shell == "fish") return std::string(fish_script);
  return invalid("'{}' is no shell that completions are made for; write bash, zsh or fish", shell);
}

}  // namespace eulerpublisher::cli
