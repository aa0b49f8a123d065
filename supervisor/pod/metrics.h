// The quantities that an expectation can bound: how each is parsed, found in a report and printed.
// Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "supervisor/pod/report.h"

namespace podrun::pod {

enum class Unit { kBytes, kDuration, kRatio, kCount };

struct Metric {
  std::string_view name;
  /// Over all instances of a container that has run; nothing where it could not be told.
  std::optional<double> (*value)(const ContainerReport& container);
  Unit unit;                 // the value is in bytes, nanoseconds, parts of one, or a number
  bool of_sidecars = true;   // also meant where no container is named
  std::string_view unknown;  // why it could not: "was not counted"
};

/// Null where there is none of that name.
const Metric* find_metric(std::string_view name);
/// "cpu.system, cpu.throttled, …", for messages.
std::string known_metrics();

/// Throws BadInput where the text is no value of that unit, or below zero.
double parse_bound(Unit unit, std::string_view text);
/// As short as it can be said without `same` changing its mind about it: "118Mi", "1.52s", "0.25".
std::string format_value(Unit unit, double value, const std::function<bool(double)>& same);

}  // namespace podrun::pod
