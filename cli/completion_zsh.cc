// zsh: one function per command, with _arguments and _describe.
#include "cli/completion_parts.h"
#include "cli/help.h"

namespace podrun::cli {
namespace {

std::string zsh_quote(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (c == '[' || c == ']' || c == ':' || c == '\\') {
      out += std::string("\\") + c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string zsh_action(ValueKind kind, std::span<const std::string_view> choices) {
  switch (kind) {
    case ValueKind::kFile:
      return "_files";
    case ValueKind::kFolder:
      return "_files -/";
    case ValueKind::kChoice:
      return "(" + words_of(choices).substr(1) + ")";
    case ValueKind::kImage:
      return "_podrun_images";
    case ValueKind::kPod:
      return "_podrun_pods";
    case ValueKind::kCommand:
      return "_podrun_commands";
    case ValueKind::kResource:
      return "_podrun_resources";
    case ValueKind::kNamespace:
      return "_podrun_namespaces";
    case ValueKind::kNone:
    case ValueKind::kText:
    case ValueKind::kDuration:
      return " ";
  }
  return " ";
}

std::string zsh_function(const Path& path) {
  std::string name;
  for (const Command* command : path) name += "_" + std::string(command->name);
  return name;
}

std::string zsh_flag(const Flag& flag) {
  const std::string long_name = "--" + std::string(flag.name);
  const std::string star = flag.repeatable ? "*" : "";
  std::string rest = "[" + zsh_quote(flag.help) + "]";
  if (!flag.value.empty()) {
    rest += ":" + zsh_quote(flag.value) + ":" + zsh_action(flag.kind, flag.choices);
  }
  const std::string equals = flag.value.empty() ? "" : "=";
  std::string text = "    '" + star + long_name + equals + rest + "' \\\n";
  if (flag.letter != 0) {
    text += "    '" + star + "-" + flag.letter + (flag.value.empty() ? "" : "+") + rest + "' \\\n";
  }
  return text;
}

std::string zsh_arguments(const Command& command) {
  std::string text = "  _arguments -s -S \\\n";
  for (const Flag& flag : command.flags) text += zsh_flag(flag);
  text += "    '(-)--help[show help]' '(-)-h[show help]'";
  if (command.operands.most > 0) {
    text += " \\\n    '*:" + zsh_quote(command.operands.synopsis) + ":" +
            zsh_action(command.operands.kind, command.operands.choices) + "'";
  }
  return text + "\n";
}

std::string zsh_group(const Path& path) {
  const Command& command = *path.back();
  std::string text = zsh_function(path) + "() {\n  local -a commands=(\n";
  std::string cases;
  for (const Command& sub : command.commands) {
    if (sub.hidden) continue;
    text += "    '" + std::string(sub.name) + ":" + zsh_quote(sub.summary) + "'\n";
    Path next = path;
    next.push_back(&sub);
    cases += "      " + std::string(sub.name) +
             (sub.alias.empty() ? "" : "|" + std::string(sub.alias)) + ") " + zsh_function(next) +
             " ;;\n";
  }
  text += "  )\n";
  if (command.runs_alone)
    text += "  if [[ $words[2] == -* ]]; then\n" + zsh_arguments(command) + "    return\n  fi\n";
  return text +
         "  if (( CURRENT == 2 )); then\n    _describe command commands\n  else\n"
         "    local word=${words[2]}\n    shift words\n    (( CURRENT-- ))\n    case $word in\n" +
         cases + "    esac\n  fi\n}\n\n";
}

}  // namespace

std::string zsh_completion(const Command& root) {
  std::string text =
      "#compdef podrun\n\n"
      "_podrun_images() { compadd -- ${(f)\"$(podrun image list -o name 2>/dev/null)\"} }\n"
      "_podrun_pods() { compadd -- ${(f)\"$(podrun ps -o name 2>/dev/null; "
      "podrun resource-names pods 2>/dev/null)\"} }\n"
      "_podrun_namespaces() { compadd -- ${(f)\"$(podrun resource-names namespaces "
      "2>/dev/null)\"} }\n"
      // A type, and behind it the names of that type.
      "_podrun_resources() {\n  local -a operands=(${words[2,CURRENT-1]:#-*})\n"
      "  compadd -- ${(f)\"$(podrun resource-names $operands[1] 2>/dev/null)\"}\n}\n"
      "_podrun_commands() { compadd -- " +
      command_words(root) + " }\n\n";
  for (const Path& path : all_commands(root)) {
    const Command& command = *path.back();
    if (command.is_group()) {
      text += zsh_group(path);
      continue;
    }
    text += zsh_function(path) + "() {\n" + zsh_arguments(command) + "}\n\n";
  }
  return text +
         "if [[ $funcstack[1] == _podrun ]]; then _podrun \"$@\"; else compdef _podrun "
         "podrun; fi\n";
}

}  // namespace podrun::cli
