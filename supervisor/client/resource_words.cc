#include "supervisor/client/resource_words.h"

#include <algorithm>

#include "base/error.h"

namespace podrun::client {
namespace {

bool has_slash(const std::string& word) { return word.find('/') != std::string::npos; }

NamedResources split_slashed(const std::string& word) {
  const auto slash = word.find('/');
  if (slash == std::string::npos) {
    throw BadInput("\"" + word + "\" stands among words of the form TYPE/NAME: all must be");
  }
  if (word.find('/', slash + 1) != std::string::npos) {
    throw BadInput("\"" + word + "\" has more than one slash: TYPE/NAME has one");
  }
  if (slash == 0 || slash + 1 == word.size()) {
    throw BadInput("\"" + word + "\" is not of the form TYPE/NAME");
  }
  return {word.substr(0, slash), {word.substr(slash + 1)}};
}

}  // namespace

std::vector<std::string> split_words(const std::string& words) {
  std::vector<std::string> found;
  std::size_t begin = 0;
  while (begin <= words.size()) {
    const auto comma = std::min(words.find(',', begin), words.size());
    found.push_back(words.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return found;
}

bool are_slashed(const std::vector<std::string>& words) {
  return !words.empty() && has_slash(words.front());
}

std::vector<NamedResources> parse_resource_words(const std::vector<std::string>& words) {
  std::vector<NamedResources> found;
  if (words.empty()) return found;
  if (are_slashed(words)) {
    for (const std::string& word : words) found.push_back(split_slashed(word));
    return found;
  }
  const auto slashed = std::find_if(words.begin(), words.end(), has_slash);
  if (slashed != words.end()) {
    throw BadInput("\"" + *slashed + "\" names a type, and so does \"" + words.front() +
                   "\": give TYPE NAME..., or TYPE/NAME...");
  }
  for (const std::string& type : split_words(words.front())) {
    found.push_back({type, {words.begin() + 1, words.end()}});
  }
  return found;
}

}  // namespace podrun::client
