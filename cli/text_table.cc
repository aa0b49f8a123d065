#include "cli/text_table.h"

#include <algorithm>

namespace podrun::cli {
namespace {

constexpr std::size_t kGap = 3;
constexpr std::size_t kNarrowest = 3;  // a column with its gap takes six, as kubectl's

/// Characters, not bytes: what UTF-8 continues is not counted.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  return text_table(rows, widths);
}

std::string text_table(const std::vector<std::vector<std::string>>& rows,
                       std::vector<std::size_t>& widths) {
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), kNarrowest);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text += std::string(widths[i] + kGap - width_of(row[i]), ' ');
    }
    text += "\n";
  }
  return text;
}

}  // namespace podrun::cli
