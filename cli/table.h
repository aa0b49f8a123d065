// The shape of the command table: one description of each command from which parsing, help, shell
// completion and man pages follow. Constant data: it costs nothing at start-up.
#pragma once

#include <span>
#include <string_view>

namespace podrun::cli {

/// What a value is: for completion, and for checks that need no other knowledge.
enum class ValueKind {
  kNone,
  kText,
  kFile,
  kFolder,
  kDuration,
  kChoice,
  kImage,
  kPod,
  kCommand,
  kResource,   // a type of the API, then names of that type; or TYPE/NAME
  kNamespace,  // of the API
};

struct Flag {
  std::string_view name;  // without dashes
  char letter = 0;        // 0: has none
  ValueKind kind = ValueKind::kNone;
  std::string_view value;  // placeholder in help ("DURATION"); empty for a switch
  std::string_view help;
  std::string_view fallback = {};  // the default, as help shows it; a switch that is on has "true"
  std::span<const std::string_view> choices = {};
  bool repeatable = false;
  /// What the flag alone stands for; then a value follows in the same word only (--cascade=orphan).
  std::string_view alone = {};
};

struct Operands {
  std::string_view synopsis;  // "FILE...", "SOURCE [NAME[:TAG]]"
  std::size_t least = 0;
  std::size_t most = 0;
  ValueKind kind = ValueKind::kText;
  std::span<const std::string_view> choices = {};
};

struct Example {
  std::string_view says;
  std::string_view command;
};

struct Command {
  std::string_view name;
  std::string_view alias = {};
  std::string_view summary;
  std::string_view description = {};
  Operands operands = {};
  std::span<const Flag> flags = {};
  std::span<const Example> examples = {};
  std::span<const Command> commands = {};
  std::string_view exit_codes = {};
  /// The program that carries the command out, beside podrun; empty: podrun itself.
  std::string_view program = {};
  bool hidden = false;
  /// A group that does something without a command, too.
  bool runs_alone = false;
  /// All that follows are another program's words: no flag of ours is among them.
  bool foreign_words = false;

  bool is_group() const { return !commands.empty(); }
  /// Without a command it can only show its help.
  bool needs_command() const { return is_group() && !runs_alone; }
};

}  // namespace podrun::cli
