// `podrun run --expect`: what a pod must not exceed, parsed, and held against its report. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "supervisor/pod/report.h"

namespace podrun::pod {

enum class Comparison { kLess, kLessOrEqual, kEqual, kNotEqual, kGreaterOrEqual, kGreater };

struct Metric;  // one of those that docs/report.md lists

/// "memory.peak<=100Mi" or, for one container, "kubia/memory.peak<=100Mi".
class Expectation {
 public:
  /// Throws BadInput: an unknown metric (the known ones are listed), no operator, a value that does
  /// not suit the metric.
  static Expectation parse(std::string_view text);

  const std::string& text() const { return text_; }            // as the user wrote it
  const std::string& container() const { return container_; }  // empty: each one
  const Metric& metric() const { return *metric_; }
  Comparison comparison() const { return comparison_; }
  double bound() const { return bound_; }  // in the metric's unit

 private:
  std::string text_, container_;
  const Metric* metric_ = nullptr;
  Comparison comparison_ = Comparison::kEqual;
  double bound_ = 0;
};

/// One expectation, and where it did not hold.
struct ExpectationResult {
  struct Failure {
    std::string subject;  // "kubia"; "POD/kubia" where there are several pods
    std::string what;     // "was 118Mi", "has not run"
  };
  std::string text;         // as the user wrote it
  std::string expectation;  // the same without the container
  std::string subject;      // the container that it names; else of the first failure, if any
  std::vector<Failure> failures;

  bool holds() const { return failures.empty(); }
  /// "FAILED kubia: memory.peak<=100Mi: was 118Mi", further containers behind ", "; "ok
  /// memory.peak<=100Mi" where it holds.
  std::string line() const;
};

/// In the order of `expectations`. One that names a container that no pod has fails.
std::vector<ExpectationResult> evaluate(const std::vector<Expectation>& expectations,
                                        const std::vector<PodReport>& reports);

}  // namespace podrun::pod
