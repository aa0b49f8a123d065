// Command lines to arguments, by the command table. Flags and operands mix freely; "--" ends flags.
// The root's flags may stand in front of each command that has them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/table.h"

namespace podrun::cli {

/// A command line that the table does not allow; what() tells it and suggests what was meant.
class UsageError : public BadInput {
 public:
  using BadInput::BadInput;
};

/// A parsed command line: the way through the table, flags by name, operands in order.
class Arguments {
 public:
  /// From the root to the command that was named; never empty.
  std::vector<const Command*> path;
  std::vector<std::string> operands;
  /// How many operands stood before "--", where there was one.
  std::optional<std::size_t> before_dashes;
  bool wants_help = false;

  const Command& command() const { return *path.back(); }
  /// "podrun image import"
  std::string command_name() const;
  bool has(std::string_view flag) const { return values_.contains(flag); }
  /// The last value given, or the flag's fallback in the table, or "".
  std::string value(std::string_view flag) const;
  std::vector<std::string> values(std::string_view flag) const;
  /// Of a switch, its fallback considered.
  bool is_on(std::string_view flag) const { return value(flag) == "true"; }
  void add(std::string_view flag, std::string value) { values_[flag].push_back(std::move(value)); }
  void clear(std::string_view flag) { values_.erase(flag); }

 private:
  std::map<std::string_view, std::vector<std::string>> values_;  // keys live in the table
};

/// `words`: argv without the program's name. Throws UsageError. Counts of operands are checked
/// unless --help was given.
Arguments parse(const Command& root, const std::vector<std::string>& words);

/// The command behind words as in `help image import`; throws UsageError where there is none.
std::vector<const Command*> find_command(const Command& root,
                                         const std::vector<std::string>& words);

/// The candidate nearest to `word` by edit distance (transpositions count one), or nothing where
/// none is near enough to be meant.
std::optional<std::string_view> nearest(std::string_view word,
                                        const std::vector<std::string_view>& candidates);

}  // namespace podrun::cli
