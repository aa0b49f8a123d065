#include "tests/bench/samples.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace podrun::bench {

double Samples::quantile(double share) const {
  if (values_.empty()) return std::nan("");
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  const auto at = static_cast<std::size_t>(static_cast<double>(sorted.size()) * share);
  return sorted[std::min(at, sorted.size() - 1)];
}

void print(const std::string& title, const std::vector<Row>& rows) {
  std::printf("%s\n  %-46s %5s %9s %9s %7s  %s\n", title.c_str(), "", "n", "median", "p90", "ratio",
              "at most");
  for (const Row& row : rows) {
    if (row.samples.empty()) {
      std::printf("  %-46s   not measured\n", row.what.c_str());
      continue;
    }
    const double median = row.samples.median();
    std::printf("  %-46s %5zu %9.2f %9.2f ", row.what.c_str(), row.samples.count(), median,
                row.samples.p90());
    if (row.against > 0) {
      std::printf("%7.2f", median / row.against);
    } else {
      std::printf("%7s", "");
    }
    if (row.limit) {
      std::printf("  %.2f %s (%s): %s", *row.limit, row.unit.c_str(), row.limit_is.c_str(),
                  median <= *row.limit ? "holds" : "OVER");
    } else {
      std::printf("  %s", row.unit.c_str());
    }
    std::printf("\n");
  }
  std::fflush(stdout);
}

}  // namespace podrun::bench
