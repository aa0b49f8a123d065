#include "supervisor/pod/expectations.h"

#include <utility>

#include "base/error.h"
#include "supervisor/pod/metrics.h"

namespace podrun::pod {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct Operator {
  std::string_view text;
  Comparison comparison;
};
// Longer ones first: "<=" is not "<".
constexpr Operator kOperators[] = {
    {"<=", Comparison::kLessOrEqual}, {">=", Comparison::kGreaterOrEqual},
    {"==", Comparison::kEqual},       {"!=", Comparison::kNotEqual},
    {"<", Comparison::kLess},         {">", Comparison::kGreater},
    {"=", Comparison::kEqual},
};

bool compare(double value, Comparison comparison, double bound) {
  switch (comparison) {
    case Comparison::kLess:
      return value < bound;
    case Comparison::kLessOrEqual:
      return value <= bound;
    case Comparison::kEqual:
      return value == bound;
    case Comparison::kNotEqual:
      return value != bound;
    case Comparison::kGreaterOrEqual:
      return value >= bound;
    case Comparison::kGreater:
      break;
  }
  return value > bound;
}

/// What is wrong with one container; nothing where the expectation holds.
std::optional<std::string> problem(const Expectation& expectation,
                                   const ContainerReport& container) {
  if (container.instances.empty()) return "has not run";
  const Metric& metric = expectation.metric();
  const std::optional<double> value = metric.value(container);
  if (!value) return std::string(metric.unknown);
  const auto holds = [&](double v) {
    return compare(v, expectation.comparison(), expectation.bound());
  };
  if (holds(*value)) return std::nullopt;
  return "was " + format_value(metric.unit, *value, [&](double v) { return !holds(v); });
}

bool is_meant(const Expectation& expectation, const ContainerReport& container) {
  if (!expectation.container().empty()) return expectation.container() == container.name;
  return expectation.metric().of_sidecars || container.role != ContainerRole::kSidecar;
}

}  // namespace

Expectation Expectation::parse(std::string_view text) {
  const std::string what = "expectation \"" + std::string(text) + "\"";
  const std::size_t at = text.find_first_of("<>=!");
  const Operator* found = nullptr;
  for (const Operator& candidate : kOperators) {
    if (at == std::string_view::npos || found != nullptr) break;
    if (text.substr(at).substr(0, candidate.text.size()) == candidate.text) found = &candidate;
  }
  if (found == nullptr) {
    throw BadInput(what + ": no operator", "one of < <= = == != >= >, as in memory.peak<=100Mi");
  }
  const std::string_view left = trim(text.substr(0, at));
  const std::string_view value = trim(text.substr(at + found->text.size()));
  Expectation expectation;
  expectation.text_ = trim(text);
  expectation.comparison_ = found->comparison;
  const std::size_t slash = left.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? left : left.substr(slash + 1);
  if (slash != std::string_view::npos) {
    expectation.container_ = trim(left.substr(0, slash));
    if (expectation.container_.empty()) throw BadInput(what + ": no container before \"/\"");
  }
  expectation.metric_ = find_metric(trim(name));
  if (expectation.metric_ == nullptr) {
    throw BadInput(what + ": unknown metric \"" + std::string(trim(name)) + "\"",
                   "known are " + known_metrics());
  }
  try {
    expectation.bound_ = parse_bound(expectation.metric_->unit, value);
  } catch (const BadInput& error) {
    throw BadInput(what + ": " + error.what());
  }
  return expectation;
}

std::string ExpectationResult::line() const {
  std::string said = holds() ? "ok " : "FAILED ";
  if (!subject.empty()) said += subject + ": ";
  said += expectation;
  for (const Failure& failure : failures) {
    const bool first = &failure == &failures.front();
    said += (first ? ": " : "; " + failure.subject + ": ") + failure.what;
  }
  return said;
}

std::vector<ExpectationResult> evaluate(const std::vector<Expectation>& expectations,
                                        const std::vector<PodReport>& reports) {
  std::vector<ExpectationResult> results;
  for (const Expectation& expectation : expectations) {
    ExpectationResult& result = results.emplace_back();
    result.text = expectation.text();
    result.subject = expectation.container();
    const std::size_t slash = expectation.text().find('/');
    result.expectation = expectation.container().empty()
                             ? expectation.text()
                             : trim(expectation.text().substr(slash + 1));
    bool anybody = false;
    for (const PodReport& report : reports) {
      for (const ContainerReport& container : report.containers) {
        if (!is_meant(expectation, container)) continue;
        anybody = true;
        const auto wrong = problem(expectation, container);
        if (!wrong) continue;
        const std::string pod = reports.size() > 1 ? report.name + "/" : "";
        result.failures.push_back({pod + container.name, *wrong});
      }
    }
    if (!anybody) {
      const bool named = !expectation.container().empty();
      result.failures.push_back({named ? expectation.container() : "pod",
                                 named ? "there is no such container" : "no container has run"});
    }
    if (!result.failures.empty()) result.subject = result.failures.front().subject;
  }
  return results;
}

}  // namespace podrun::pod
