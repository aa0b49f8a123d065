// What the operands of a command name: `pods`, `rc,pods`, `pod a b`, `pod/a rc/b`. Pure.
#pragma once

#include <string>
#include <vector>

namespace podrun::client {

/// Resources of one type, as named: all of them where there are no names.
struct NamedResources {
  std::string type;
  std::vector<std::string> names;
  bool operator==(const NamedResources&) const = default;
};

/// In the order of the words. Throws BadInput where TYPE/NAME and TYPE NAME are mixed, and where a
/// word is neither.
std::vector<NamedResources> parse_resource_words(const std::vector<std::string>& words);

/// "a,b" as two words.
std::vector<std::string> split_words(const std::string& words);

/// Whether the words are of the form TYPE/NAME.
bool are_slashed(const std::vector<std::string>& words);

}  // namespace podrun::client
