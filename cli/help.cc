#include "cli/help.h"

#include <algorithm>

namespace podrun::cli {
namespace {

constexpr std::size_t kWidth = 100;

std::string flag_head(const Flag& flag) {
  std::string head = flag.letter != 0 ? std::string("-") + flag.letter + ", " : "    ";
  head += "--" + std::string(flag.name);
  const std::string value(flag.value);
  if (!value.empty()) head += flag.alone.empty() ? " " + value : "[=" + value + "]";
  return head;
}

std::string flags_text(const Command& command) {
  std::size_t column = 0;
  for (const Flag& flag : command.flags) column = std::max(column, flag_head(flag).size());
  std::string text;
  for (const Flag& flag : command.flags) {
    std::string head = flag_head(flag);
    head.resize(column, ' ');
    std::string help(flag.help);
    if (!flag.fallback.empty()) help += " (default " + std::string(flag.fallback) + ")";
    if (flag.repeatable) help += "; may be repeated";
    text += "  " + head + "  " + wrap(help, kWidth, column + 4) + "\n";
  }
  return text;
}

std::string commands_text(const Command& command) {
  std::size_t column = 0;
  for (const Command& sub : command.commands) column = std::max(column, sub.name.size());
  std::string text;
  for (const Command& sub : command.commands) {
    if (sub.hidden) continue;
    std::string head(sub.name);
    head.resize(column, ' ');
    text += "  " + head + "  " + std::string(sub.summary) + "\n";
  }
  return text;
}

void collect(const std::vector<const Command*>& path,
             std::vector<std::vector<const Command*>>& all) {
  all.push_back(path);
  for (const Command& sub : path.back()->commands) {
    if (sub.hidden) continue;
    std::vector<const Command*> next = path;
    next.push_back(&sub);
    collect(next, all);
  }
}

}  // namespace

std::string joined(const std::vector<const Command*>& path, char separator) {
  std::string name;
  for (const Command* command : path) {
    if (!name.empty()) name += separator;
    name += command->name;
  }
  return name;
}

std::string usage_line(const std::vector<const Command*>& path) {
  std::string line = joined(path, ' ');
  const Command& command = *path.back();
  if (command.is_group()) return line + (command.runs_alone ? " [flags] [COMMAND]" : " COMMAND");
  if (!command.flags.empty()) line += " [flags]";
  if (!command.operands.synopsis.empty()) line += " " + std::string(command.operands.synopsis);
  return line;
}

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    if (!out.empty() && column + 1 + word.size() > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!out.empty()) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
  return out;
}

std::string help_text(const std::vector<const Command*>& path) {
  const Command& command = *path.back();
  std::string text = std::string(command.summary) + ".\n";
  if (!command.description.empty()) text += "\n" + wrap(command.description, kWidth, 0) + "\n";
  text += "\nUsage:\n  " + usage_line(path) + "\n";
  if (!command.alias.empty()) text += "\nAlias:\n  " + std::string(command.alias) + "\n";
  if (!command.examples.empty()) {
    text += "\nExamples:\n";
    for (const Example& example : command.examples) {
      text += "  # " + std::string(example.says) + "\n  " + std::string(example.command) + "\n";
    }
  }
  if (command.is_group()) text += "\nCommands:\n" + commands_text(command);
  if (!command.flags.empty()) text += "\nFlags:\n" + flags_text(command);
  if (!command.exit_codes.empty()) {
    text += "\nExit code:\n  " + wrap(command.exit_codes, kWidth, 2) + "\n";
  }
  if (command.is_group()) {
    text += "\n\"" + joined(path, ' ') + " COMMAND --help\" tells more about a command.\n";
  }
  return text;
}

std::vector<std::vector<const Command*>> all_commands(const Command& root) {
  std::vector<std::vector<const Command*>> all;
  collect({&root}, all);
  return all;
}

}  // namespace podrun::cli
