#include <regex>

#include "usage/completion.hpp"

namespace custdkim::usage {

namespace {

// PROGRAM is its name; IDENTIFIER the same without what a shell's function may not have in its name.
constexpr const char* bash_script =
    R"bash(# Completion of PROGRAM for bash: the program itself knows what may come next.
_IDENTIFIER() {
    local word=${COMP_WORDS[COMP_CWORD]} candidate
    [[ $word == '=' ]] && word=
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        case $candidate in
            :files)
                compopt -o filenames
                mapfile -t COMPREPLY < <(compgen -f -- "$word")
                ;;
            :directories)
                compopt -o filenames
                mapfile -t COMPREPLY < <(compgen -d -- "$word")
                ;;
            *) COMPREPLY+=("$candidate") ;;
        esac
    done < <("$1" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _IDENTIFIER PROGRAM
)bash";

constexpr const char* zsh_script = R"zsh(#compdef PROGRAM
# Completion of PROGRAM for zsh: the program itself knows what may come next.
_IDENTIFIER() {
    local line
    local -a candidates
    for line in "${(@f)$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        case $line in
            :files) _files ;;
            :directories) _files -/ ;;
            *$'\t'*) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
            ?*) candidates+=("${line//:/\\:}") ;;
        esac
    done
    (( $#candidates )) && _describe -t values PROGRAM candidates
}
if [[ $funcstack[1] == _IDENTIFIER ]]; then
    _IDENTIFIER "$@"
else
    compdef _IDENTIFIER PROGRAM
fi
)zsh";

}  // namespace

Result<std::string> completion_script(std::string_view program, std::string_view shell) {
    if (shell != "bash" && shell != "zsh") {
        return invalid("there is no completion for '" + std::string(shell.substr(0, 40)) +
                       "'; there is for bash and zsh");
    }
    const std::string name(program);
    const std::string script =
        std::regex_replace(std::string(shell == "bash" ? bash_script : zsh_script), std::regex("IDENTIFIER"),
                           std::regex_replace(name, std::regex("[^a-z]"), "_"));
    return std::regex_replace(script, std::regex("PROGRAM"), name);
}

}  // namespace custdkim::usage
