#include "cli/arguments.h"

#include <algorithm>

#include "base/go_duration.h"

namespace podrun::cli {
namespace {

constexpr Flag kHelpFlag{.name = "help", .letter = 'h', .help = "show this help"};

const Command* child(const Command& parent, std::string_view name) {
  const auto found =
      std::find_if(parent.commands.begin(), parent.commands.end(), [&](const Command& command) {
        return command.name == name || (!command.alias.empty() && command.alias == name);
      });
  return found == parent.commands.end() ? nullptr : &*found;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

[[noreturn]] void unknown_command(const std::string& parent, const Command& group,
                                  const std::string& word) {
  std::vector<std::string_view> names;
  for (const Command& command : group.commands) {
    if (!command.hidden) names.push_back(command.name);
  }
  const auto meant = nearest(word, names);
  throw UsageError("unknown command " + quoted(word) + " for " + quoted(parent),
                   meant ? "did you mean " + quoted(*meant) + "?"
                         : "\"" + parent + " --help\" lists the commands");
}

/// Walks one command line. Holds the position; everything it learns goes to `result`.
class Parser {
 public:
  Parser(const Command& root, const std::vector<std::string>& words) : words_(words) {
    result_.path.push_back(&root);
  }

  Arguments run() {
    while (at_ < words_.size()) {
      const std::string& word = words_[at_++];
      if (only_operands_ || word.size() < 2 || word[0] != '-') {
        take_word(word);
      } else if (word == "--") {
        only_operands_ = true;
        result_.before_dashes = result_.operands.size();
      } else if (word[1] == '-') {
        take_long(word.substr(2));
      } else {
        take_letters(word);
      }
    }
    if (!result_.wants_help) {
      check_early_flags();
      check_counts();
    }
    return std::move(result_);
  }

 private:
  void take_word(const std::string& word) {
    const Command& here = result_.command();
    if (here.is_group() && !only_operands_) {
      const Command* next = child(here, word);
      if (next == nullptr) unknown_command(result_.command_name(), here, word);
      result_.path.push_back(next);
      only_operands_ = next->foreign_words;
      return;
    }
    result_.operands.push_back(word);
  }

  /// Of the command, or of all commands while there is more of its name to come.
  template <typename IsMeant>
  const Flag* find(const IsMeant& is_meant) const {
    if (is_meant(kHelpFlag)) return &kHelpFlag;
    const Command& here = result_.command();
    for (const Flag& flag : here.flags) {
      if (is_meant(flag)) return &flag;
    }
    if (!here.is_group()) return nullptr;
    for (const Flag& flag : result_.path.front()->flags) {
      if (is_meant(flag)) return &flag;
    }
    return nullptr;
  }

  const Flag* find_flag(std::string_view name) const {
    return find([&](const Flag& flag) { return flag.name == name; });
  }

  const Flag* find_letter(char letter) const {
    return find([&](const Flag& flag) { return flag.letter == letter; });
  }

  void take_long(const std::string& text) {
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const Flag* flag = find_flag(name);
    if (flag == nullptr) unknown_flag(name);
    std::optional<std::string> value;
    if (equals != std::string::npos) value = text.substr(equals + 1);
    take_flag(*flag, value);
  }

  void take_letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const Flag* flag = find_letter(word[i]);
      if (flag == nullptr) {
        throw UsageError("unknown shorthand flag: '" + std::string(1, word[i]) + "' in " + word,
                         help_hint());
      }
      if (flag->value.empty() && !word.substr(i + 1).starts_with('=')) {
        take_flag(*flag, std::nullopt);
        continue;
      }
      std::optional<std::string> value;  // -ojson, -o=json, -o json
      if (i + 1 < word.size()) value = word.substr(word[i + 1] == '=' ? i + 2 : i + 1);
      take_flag(*flag, value);
      return;
    }
  }

  void take_flag(const Flag& flag, std::optional<std::string> value) {
    if (&flag == &kHelpFlag) {
      result_.wants_help = true;
      return;
    }
    const std::string shown = "--" + std::string(flag.name);
    if (flag.value.empty()) {
      take_switch(flag, shown, value);
      return;
    }
    if (!value && !flag.alone.empty()) {
      value = flag.alone;
    } else if (!value) {
      if (at_ == words_.size()) {
        throw UsageError("flag " + shown + " needs a value: " + std::string(flag.value),
                         help_hint());
      }
      value = words_[at_++];
    }
    check_value(flag, shown, *value);
    if (!flag.repeatable) result_.clear(flag.name);
    result_.add(flag.name, *value);
  }

  void take_switch(const Flag& flag, const std::string& shown,
                   const std::optional<std::string>& value) {
    if (value && *value != "true" && *value != "false") {
      throw UsageError("invalid value " + quoted(*value) + " for " + shown + ": true or false");
    }
    result_.clear(flag.name);
    const std::string chosen = value.value_or("true");
    if (chosen == "true" || !flag.fallback.empty()) result_.add(flag.name, chosen);
  }

  void check_value(const Flag& flag, const std::string& shown, const std::string& value) const {
    if (flag.kind == ValueKind::kDuration) {
      try {
        parse_duration(value);
      } catch (const BadInput& error) {
        throw UsageError("invalid value " + quoted(value) + " for " + shown + ": " + error.what());
      }
    }
    if (flag.choices.empty()) return;
    if (std::find(flag.choices.begin(), flag.choices.end(), value) != flag.choices.end()) return;
    std::string all;
    for (const std::string_view choice : flag.choices) {
      all += (all.empty() ? "" : ", ") + std::string(choice);
    }
    throw UsageError("invalid value " + quoted(value) + " for " + shown + ": one of " + all);
  }

  /// What stands in front of a command must be a flag of the command, too.
  void check_early_flags() const {
    if (result_.command().needs_command()) return;
    for (const Flag& early : result_.path.front()->flags) {
      const auto known = [&](const Flag& flag) { return flag.name == early.name; };
      const auto& flags = result_.command().flags;
      if (result_.has(early.name) && std::none_of(flags.begin(), flags.end(), known)) {
        unknown_flag(std::string(early.name));
      }
    }
  }

  void check_counts() const {
    const Command& here = result_.command();
    if (here.needs_command()) return;  // the caller shows its help
    const std::size_t count = result_.operands.size();
    const std::string name = result_.command_name();
    if (count < here.operands.least) {
      throw UsageError(quoted(name) + " needs " + std::string(here.operands.synopsis), help_hint());
    }
    if (count > here.operands.most) {
      const std::string& extra = result_.operands[here.operands.most];
      throw UsageError(here.operands.most == 0
                           ? quoted(name) + " takes no arguments, got " + quoted(extra)
                           : quoted(name) + " takes " + std::string(here.operands.synopsis) +
                                 ", got another argument " + quoted(extra),
                       help_hint());
    }
  }

  [[noreturn]] void unknown_flag(const std::string& name) const {
    std::vector<std::string_view> names{kHelpFlag.name};
    for (const Flag& flag : result_.command().flags) names.push_back(flag.name);
    const auto meant = nearest(name, names);
    throw UsageError("unknown flag: --" + name,
                     meant ? "did you mean --" + std::string(*meant) + "?" : help_hint());
  }

  std::string help_hint() const { return "see \"" + result_.command_name() + " --help\""; }

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  bool only_operands_ = false;
  Arguments result_;
};

}  // namespace

std::string Arguments::command_name() const {
  std::string name;
  for (const Command* command : path) {
    name += (name.empty() ? "" : " ") + std::string(command->name);
  }
  return name;
}

std::string Arguments::value(std::string_view flag) const {
  const auto found = values_.find(flag);
  if (found != values_.end()) return found->second.back();
  for (const Flag& known : command().flags) {
    if (known.name == flag) return std::string(known.fallback);
  }
  return "";
}

std::vector<std::string> Arguments::values(std::string_view flag) const {
  const auto found = values_.find(flag);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Arguments parse(const Command& root, const std::vector<std::string>& words) {
  return Parser(root, words).run();
}

std::vector<const Command*> find_command(const Command& root,
                                         const std::vector<std::string>& words) {
  std::vector<const Command*> path{&root};
  std::string name(root.name);
  for (const std::string& word : words) {
    const Command* next = child(*path.back(), word);
    if (next == nullptr) unknown_command(name, *path.back(), word);
    path.push_back(next);
    name += " " + std::string(next->name);
  }
  return path;
}

std::optional<std::string_view> nearest(std::string_view word,
                                        const std::vector<std::string_view>& candidates) {
  const auto distance = [](std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
      for (std::size_t j = 1; j <= b.size(); ++j) {
        const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
        d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
          d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.size()][b.size()];
  };
  std::optional<std::string_view> best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  if (word.size() > 64) return best;
  for (const std::string_view candidate : candidates) {
    const bool begins = word.size() >= 2 && candidate.starts_with(word);
    const std::size_t far = begins ? 1 : distance(word, candidate);
    if (far < best_distance) {
      best = candidate;
      best_distance = far;
    }
  }
  return best;
}

}  // namespace podrun::cli
