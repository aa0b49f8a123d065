#include "supervisor/client/tab_text.h"

#include <algorithm>
#include <vector>

namespace podrun::client {
namespace {

constexpr std::size_t kPadding = 2;

using Line = std::vector<std::string_view>;  // its last cell ended in no tab

/// Characters, not bytes: what UTF-8 continues is not counted.
std::size_t width_of(std::string_view cell) {
  return static_cast<std::size_t>(std::count_if(cell.begin(), cell.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines(1);
  while (true) {
    const auto end = text.find_first_of("\t\v\n\f");
    lines.back().push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    if (text[end] == '\n' || text[end] == '\f') lines.emplace_back();
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string align_tabs(std::string_view text) {
  const std::vector<Line> lines = lines_of(text);
  std::vector<std::size_t> widths;                     // of each stretch of a column
  std::vector<std::size_t> open;                       // the stretch that each column is in
  std::vector<std::vector<std::size_t>> stretches_of;  // of each line's cells
  for (const Line& line : lines) {
    if (open.size() > line.size() - 1) open.resize(line.size() - 1);
    while (open.size() < line.size() - 1) {
      open.push_back(widths.size());
      widths.push_back(0);
    }
    for (std::size_t i = 0; i < open.size(); ++i) {
      widths[open[i]] = std::max(widths[open[i]], width_of(line[i]) + kPadding);
    }
    stretches_of.push_back(open);
  }
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    for (std::size_t j = 0; j < lines[i].size(); ++j) {
      out += lines[i][j];
      if (j + 1 == lines[i].size()) break;
      out.append(widths[stretches_of[i][j]] - width_of(lines[i][j]), ' ');
    }
  }
  return out;
}

}  // namespace podrun::client
