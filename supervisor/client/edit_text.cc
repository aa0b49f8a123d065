#include "supervisor/client/edit_text.h"

#include <algorithm>
#include <sstream>

namespace podrun::client {
namespace {

void add_comment(std::string& out, const std::string& text) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out += "# " + line + "\n";
}

}  // namespace

std::string edit_header(const std::vector<std::string>& problems) {
  std::string out;
  add_comment(
      out,
      "Change what is below and save it; the server is told what is different. Comment\n"
      "lines like these are not sent. A file that is empty, or the same as before, changes\n"
      "nothing.");
  for (const std::string& problem : problems) {
    out += "#\n";
    add_comment(out, problem);
  }
  return out + "#\n";
}

std::string without_header(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size() && text[at] == '#') {
    const auto end = text.find('\n', at);
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return text.substr(at);
}

bool is_blank_text(const std::string& text) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find_first_not_of(" \t\r");
    if (first != std::string::npos && line[first] != '#') return false;
  }
  return true;
}

}  // namespace podrun::client
