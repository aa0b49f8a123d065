#include "cli/completion.h"

#include "cli/completion_parts.h"

namespace podrun::cli {

std::vector<std::string> spellings(const Path& path) {
  std::vector<std::string> all{""};
  for (const Command* command : path) {
    std::vector<std::string> next;
    for (const std::string& before : all) {
      const std::string start = before.empty() ? "" : before + " ";
      next.push_back(start + std::string(command->name));
      if (!command->alias.empty()) next.push_back(start + std::string(command->alias));
    }
    all = std::move(next);
  }
  return all;
}

std::string words_of(std::span<const std::string_view> choices) {
  std::string text;
  for (const std::string_view choice : choices) text += " " + std::string(choice);
  return text;
}

std::string command_words(const Command& command) {
  std::string text;
  for (const Command& sub : command.commands) {
    if (!sub.hidden) text += (text.empty() ? "" : " ") + std::string(sub.name);
  }
  return text;
}

std::string completion_script(const Command& root, Shell shell) {
  switch (shell) {
    case Shell::kBash:
      return bash_completion(root);
    case Shell::kZsh:
      return zsh_completion(root);
    case Shell::kFish:
      return fish_completion(root);
  }
  return "";
}

}  // namespace podrun::cli
