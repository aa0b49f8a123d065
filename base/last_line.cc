#include "base/last_line.h"

#include "base/files.h"

namespace podrun {

std::string last_line(const std::string& path) {
  std::string text = read_file_if_exists(path).value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t at = text.rfind('\n');
  return at == std::string::npos ? text : text.substr(at + 1);
}

}  // namespace podrun
