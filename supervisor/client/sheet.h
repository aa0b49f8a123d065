// A description while it is being written: indented lines of cells.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace podrun::client {

class Sheet {
 public:
  /// Two spaces a level; then `text` and the line's end. Control characters that would reach the
  /// terminal are made visible. Tabs in it end cells.
  void line(int level, std::string_view text);
  /// "title:" and a value beside it.
  void field(int level, std::string_view title, std::string_view value);
  /// The same, unless the value is empty.
  void field_if_any(int level, std::string_view title, std::string_view value);
  /// "title:" alone.
  void heading(int level, std::string_view title);
  void row(int level, std::initializer_list<std::string_view> cells);
  /// "title:", with the values below each other beside it, or "<none>".
  void column(int level, std::string_view title, const std::vector<std::string>& values);
  void empty_line() { line(0, ""); }

  /// As it was written, tabs between the cells.
  const std::string& cells() const { return text_; }
  /// With the columns laid out.
  std::string text() const;

 private:
  std::string text_;
};

}  // namespace podrun::client
