#include "supervisor/manifest/expand.h"

namespace podrun::manifest {

std::string expand(std::string_view text, const std::map<std::string, std::string>& variables,
                   std::vector<std::string>* missing) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t dollar = text.find('$', at);
    out += text.substr(at, dollar - at);
    if (dollar == std::string_view::npos) break;
    at = dollar + 1;
    if (at < text.size() && text[at] == '$') {
      out += '$';
      ++at;
      continue;
    }
    const std::size_t close =
        at < text.size() && text[at] == '(' ? text.find(')', at) : std::string_view::npos;
    if (close == std::string_view::npos) {
      out += '$';
      continue;
    }
    const std::string name(text.substr(at + 1, close - at - 1));
    const auto found = variables.find(name);
    if (found == variables.end() && missing != nullptr) missing->push_back(name);
    out += found != variables.end() ? found->second
                                    : std::string(text.substr(dollar, close + 1 - dollar));
    at = close + 1;
  }
  return out;
}

}  // namespace podrun::manifest
