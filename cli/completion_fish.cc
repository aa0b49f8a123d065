// fish: one "complete" line per flag, command and operand.
#include "cli/completion_parts.h"
#include "cli/help.h"

namespace podrun::cli {
namespace {

std::string fish_quote(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish_action(ValueKind kind, std::span<const std::string_view> choices) {
  switch (kind) {
    case ValueKind::kFile:
      return " -F";
    case ValueKind::kFolder:
      return " -a '(__fish_complete_directories)'";
    case ValueKind::kChoice:
      return " -a " + fish_quote(words_of(choices).substr(1));
    case ValueKind::kImage:
      return " -a '(podrun image list -o name 2>/dev/null)'";
    case ValueKind::kPod:
      return " -a '(podrun ps -o name 2>/dev/null; podrun resource-names pods 2>/dev/null)'";
    case ValueKind::kResource:
      return " -a '(__podrun_resources)'";
    case ValueKind::kNamespace:
      return " -a '(podrun resource-names namespaces 2>/dev/null)'";
    case ValueKind::kNone:
    case ValueKind::kCommand:
    case ValueKind::kText:
    case ValueKind::kDuration:
      return "";
  }
  return "";
}

/// Tells whether the words before the cursor name exactly this command (flags aside).
constexpr std::string_view kFishStart = R"(function __podrun_at
    set -l words (commandline -opc)
    set -l path
    for word in $words[2..-1]
        string match -q -- '-*' $word; or set -a path $word
    end
    set -l count (count $argv)
    test (count $path) -ge $count; or return 1
    test $count -eq 0; and begin; test (count $path) -eq 0; return; end
    test "$path[1..$count]" = "$argv"
end

# A type, and behind it the names of that type.
function __podrun_resources
    set -l operands
    for word in (commandline -opc)[3..-1]
        string match -q -- '-*' $word; or set -a operands $word
    end
    podrun resource-names $operands[1] 2>/dev/null
end

complete -c podrun -f
)";

}  // namespace

std::string fish_completion(const Command& root) {
  std::string text = "# fish completion for podrun\n" + std::string(kFishStart);
  for (const Path& path : all_commands(root)) {
    const Command& command = *path.back();
    for (const std::string& spelling : spellings(path)) {
      const std::string words =
          spelling.size() > root.name.size() ? spelling.substr(root.name.size()) : "";
      const std::string head = "complete -c podrun -n '__podrun_at" + words + "'";
      for (const Command& sub : command.commands) {
        if (sub.hidden) continue;
        text += head + " -a " + std::string(sub.name) + " -d " + fish_quote(sub.summary) + "\n";
      }
      for (const Flag& flag : command.flags) {
        text += head + " -l " + std::string(flag.name);
        if (flag.letter != 0) text += std::string(" -s ") + flag.letter;
        // Files are offered beside words (-r -F), or words alone (-x).
        const std::string value = fish_action(flag.kind, flag.choices);
        if (!flag.value.empty()) text += (flag.kind == ValueKind::kFile ? " -r" : " -x") + value;
        text += " -d " + fish_quote(flag.help) + "\n";
      }
      const std::string operand = fish_action(command.operands.kind, command.operands.choices);
      if (command.operands.most > 0 && !operand.empty()) text += head + operand + "\n";
    }
  }
  return text;
}

}  // namespace podrun::cli
