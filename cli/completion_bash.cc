// bash: tables as shell functions, and one function that walks the command line.
#include "cli/completion_parts.h"
#include "cli/help.h"

namespace podrun::cli {
namespace {

/// The part that is the same whatever the table.
constexpr std::string_view kBashEnd = R"BASH(
_podrun_reply() {
  case "$1" in
    file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
    folder) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
    words\ *) mapfile -t COMPREPLY < <(compgen -W "${1#words }" -- "$2") ;;
    image) mapfile -t COMPREPLY < <(compgen -W "$(podrun image list -o name 2>/dev/null)" -- "$2") ;;
    pod)
      mapfile -t COMPREPLY < <(compgen -W "$(
        podrun ps -o name 2>/dev/null
        podrun resource-names "${_podrun_space[@]}" pods 2>/dev/null
      )" -- "$2")
      ;;
    namespace) mapfile -t COMPREPLY < <(compgen -W "$(podrun resource-names namespaces 2>/dev/null)" -- "$2") ;;
    resource) _podrun_resource "$2" ;;
  esac
}

# A type, and behind it the names of that type; or TYPE/NAME.
_podrun_resource() {
  local type="${_podrun_operands[0]:-}" before=
  if [[ "$1" == */* ]]; then
    type="${1%%/*}" before="$type/"
  elif [[ -z "$type" || "$type" == */* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(podrun resource-names 2>/dev/null)" -- "$1")
    return
  fi
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$(
    podrun resource-names "${_podrun_space[@]}" "$type" 2>/dev/null)" -- "${1#"$before"}")
}

_podrun() {
  local line="${COMP_LINE:0:COMP_POINT}" path=podrun flag= word what i
  local -a words _podrun_operands=() _podrun_space=()
  # COMP_WORDS breaks at "=" and ":" as well: split at blanks instead.
  read -ra words <<< "$line"
  [[ "$line" == *[[:blank:]] ]] && words+=("")
  local last=$((${#words[@]} - 1))
  local cur="${words[last]}"
  for ((i = 1; i < last; i++)); do
    word="${words[i]}"
    if [[ -n "$flag" ]]; then
      [[ "$flag" == -n || "$flag" == --namespace ]] && _podrun_space=(-n "$word")
      flag=
      continue
    fi
    case "$word" in
      --*=*) ;;
      -*) [[ -n "$(_podrun_value "$path $word")" ]] && flag="$word" ;;
      *) if [[ -n "$(_podrun_flags "$path $word")" ]]; then path="$path $word"; else _podrun_operands+=("$word"); fi ;;
    esac
  done
  COMPREPLY=()
  if [[ -n "$flag" ]]; then
    _podrun_reply "$(_podrun_value "$path $flag")" "$cur"
  elif [[ "$cur" == --*=* ]]; then
    # readline replaces only what stands behind the "=".
    _podrun_reply "$(_podrun_value "$path ${cur%%=*}")" "${cur#*=}"
  elif [[ "$cur" == -* ]]; then
    _podrun_reply "words $(_podrun_flags "$path")" "$cur"
  else
    what="$(_podrun_commands "$path")"
    if [[ -n "$what" ]]; then what="words $what"; else what="$(_podrun_operand "$path")"; fi
    [[ "$what" == command ]] && what="words $(_podrun_commands podrun)"
    _podrun_reply "$what" "$cur"
  fi
}

complete -F _podrun podrun
)BASH";

std::string bash_pattern(const Path& path, const std::string& after = "") {
  std::string pattern;
  for (const std::string& spelling : spellings(path)) {
    pattern += (pattern.empty() ? "\"" : "|\"") + spelling + after + "\"";
  }
  return pattern;
}

/// What completes a value: a word that the shell function understands.
std::string action(ValueKind kind, std::span<const std::string_view> choices) {
  switch (kind) {
    case ValueKind::kFile:
      return "file";
    case ValueKind::kFolder:
      return "folder";
    case ValueKind::kChoice:
      return "words" + words_of(choices);
    case ValueKind::kImage:
      return "image";
    case ValueKind::kPod:
      return "pod";
    case ValueKind::kCommand:
      return "command";
    case ValueKind::kResource:
      return "resource";
    case ValueKind::kNamespace:
      return "namespace";
    case ValueKind::kNone:
    case ValueKind::kText:
    case ValueKind::kDuration:
      return "nothing";
  }
  return "nothing";
}

std::string flag_words(const Command& command) {
  std::string text = "--help -h";
  for (const Flag& flag : command.flags) {
    text += " --" + std::string(flag.name);
    if (flag.letter != 0) text += std::string(" -") + flag.letter;
  }
  return text;
}

}  // namespace

std::string bash_completion(const Command& root) {
  std::string commands, flags, values, operands;
  for (const Path& path : all_commands(root)) {
    const Command& command = *path.back();
    const std::string head = "    " + bash_pattern(path) + ") echo \"";
    if (command.is_group()) commands += head + command_words(command) + "\" ;;\n";
    flags += head + flag_words(command) + "\" ;;\n";
    operands += head + action(command.operands.kind, command.operands.choices) + "\" ;;\n";
    for (const Flag& flag : command.flags) {
      if (flag.value.empty()) continue;
      std::string pattern = bash_pattern(path, " --" + std::string(flag.name));
      if (flag.letter != 0) pattern += "|" + bash_pattern(path, std::string(" -") + flag.letter);
      values += "    " + pattern + ") echo \"" + action(flag.kind, flag.choices) + "\" ;;\n";
    }
  }
  const auto function = [](const std::string& name, const std::string& cases) {
    return "\n_podrun_" + name + "() {\n  case \"$1\" in\n" + cases + "  esac\n}\n";
  };
  return "# bash completion for podrun: source it, or put it where bash-completion looks.\n" +
         function("commands", commands) + function("flags", flags) + function("value", values) +
         function("operand", operands) + std::string(kBashEnd);
}

}  // namespace podrun::cli
