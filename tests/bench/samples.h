// Measured values and the table of what they are held against.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace podrun::bench {

/// Values of one quantity; the order they came in does not matter.
class Samples {
 public:
  void add(double value) { values_.push_back(value); }
  bool empty() const { return values_.empty(); }
  std::size_t count() const { return values_.size(); }
  double median() const { return quantile(0.5); }
  double p90() const { return quantile(0.9); }

 private:
  double quantile(double share) const;
  std::vector<double> values_;
};

/// A line of the table: a quantity, and what it may be at most.
struct Row {
  std::string what;
  std::string unit;
  Samples samples;
  std::optional<double> limit;  // on the median
  std::string limit_is;         // "3 x the v2 floor"
  double against = 0;           // the median that a ratio is given to; 0: none
};

/// Prints all rows, columns aligned.
void print(const std::string& title, const std::vector<Row>& rows);

}  // namespace podrun::bench
