#include "supervisor/client/sheet.h"

#include "supervisor/client/tab_text.h"
#include "supervisor/client/visible_text.h"

namespace podrun::client {

void Sheet::line(int level, std::string_view text) {
  text_.append(static_cast<std::size_t>(level) * 2, ' ');
  text_ += visible_text(text);
  text_ += '\n';
}

void Sheet::field(int level, std::string_view title, std::string_view value) {
  line(level, std::string(title) + ":\t" + std::string(value));
}

void Sheet::field_if_any(int level, std::string_view title, std::string_view value) {
  if (!value.empty()) field(level, title, value);
}

void Sheet::heading(int level, std::string_view title) { line(level, std::string(title) + ":"); }

void Sheet::row(int level, std::initializer_list<std::string_view> cells) {
  std::string text;
  for (const std::string_view& cell : cells) {
    if (&cell != cells.begin()) text += '\t';
    text += cell;
  }
  line(level, text);
}

void Sheet::column(int level, std::string_view title, const std::vector<std::string>& values) {
  if (values.empty()) return field(level, title, "<none>");
  field(level, title, values.front());
  for (std::size_t i = 1; i < values.size(); ++i) line(0, "\t" + values[i]);
}

std::string Sheet::text() const { return align_tabs(text_); }

}  // namespace podrun::client
