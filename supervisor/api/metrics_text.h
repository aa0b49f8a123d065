// Figures in Prometheus' text format.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podrun::api {

class MetricsText {
 public:
  static constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";
  using Labels = std::vector<std::pair<std::string_view, std::string>>;

  /// Begins a family; its samples follow. `type`: "counter", "gauge", "histogram".
  void family(std::string_view name, std::string_view type, std::string_view help);
  /// Of the family that was begun last; `suffix` is appended to its name ("_bucket").
  void sample(const Labels& labels, double value, std::string_view suffix = "");
  /// A family with one sample.
  void single(std::string_view name, std::string_view type, std::string_view help, double value);

  /// The shortest text that reads as the same number.
  static std::string number(double value);

  std::string take() { return std::move(text_); }

 private:
  std::string text_, name_;
};

}  // namespace podrun::api
