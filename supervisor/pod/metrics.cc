#include "supervisor/pod/metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/error.h"
#include "base/go_duration.h"
#include "base/go_text.h"
#include "base/quantity.h"

namespace podrun::pod {
namespace {

using Value = std::optional<double>;

template <typename Read>
double sum(const ContainerReport& container, const Read& read) {
  double total = 0;
  for (const InstanceReport& instance : container.instances) {
    total += static_cast<double>(read(instance));
  }
  return total;
}

template <typename Read>
double highest(const ContainerReport& container, const Read& read) {
  double most = 0;
  for (const InstanceReport& instance : container.instances) {
    most = std::max(most, static_cast<double>(read(instance)));
  }
  return most;
}

template <std::uint64_t CpuReport::*Field>
Value cpu_time(const ContainerReport& container) {
  return 1000 * sum(container, [](const InstanceReport& i) { return i.cpu.*Field; });
}

template <std::uint64_t ProbeReport::*Field>
Value probe_attempts(const ContainerReport& container) {
  return sum(container, [](const InstanceReport& instance) {
    std::uint64_t count = 0;
    for (const auto* probe : {&instance.liveness, &instance.readiness, &instance.startup}) {
      if (*probe) count += (**probe).*Field;
    }
    return count;
  });
}

Value throttled_ratio(const ContainerReport& container) {
  CpuReport all;
  for (const InstanceReport& instance : container.instances) {
    all.periods += instance.cpu.periods;
    all.throttled_periods += instance.cpu.throttled_periods;
  }
  return all.throttled_ratio();
}

Value pids_peak(const ContainerReport& container) {
  const bool counted = std::all_of(container.instances.begin(), container.instances.end(),
                                   [](const InstanceReport& i) { return i.pids_peak.has_value(); });
  if (!counted) return std::nullopt;
  return highest(container, [](const InstanceReport& i) { return *i.pids_peak; });
}

Value exit_code(const ContainerReport& container) {
  const auto& code = container.instances.back().exit_code;
  return code ? Value(*code) : std::nullopt;
}

Value memory_peak(const ContainerReport& container) {
  return highest(container, [](const InstanceReport& i) { return i.memory.peak_bytes; });
}

Value oom_kills(const ContainerReport& container) {
  return sum(container, [](const InstanceReport& i) { return i.memory.oom_kills; });
}

Value restarts(const ContainerReport& container) { return container.instances.back().restart; }

Value start_latency(const ContainerReport& container) {
  return highest(container, [](const InstanceReport& i) { return i.start_latency.count(); });
}

constexpr Metric kMetrics[] = {
    {"cpu.probe_usage", cpu_time<&CpuReport::probe_usage_us>, Unit::kDuration},
    {"cpu.system", cpu_time<&CpuReport::system_us>, Unit::kDuration},
    {"cpu.throttled", cpu_time<&CpuReport::throttled_us>, Unit::kDuration},
    {"cpu.throttled_ratio", throttled_ratio, Unit::kRatio},
    {"cpu.usage", cpu_time<&CpuReport::usage_us>, Unit::kDuration},
    {"cpu.user", cpu_time<&CpuReport::user_us>, Unit::kDuration},
    {"exit_code", exit_code, Unit::kCount, false, "has not ended"},
    {"memory.peak", memory_peak, Unit::kBytes},
    {"oom_kills", oom_kills, Unit::kCount},
    {"pids.peak", pids_peak, Unit::kCount, true, "was not counted by this kernel"},
    {"probes.errored", probe_attempts<&ProbeReport::errored>, Unit::kCount},
    {"probes.failed", probe_attempts<&ProbeReport::failed>, Unit::kCount},
    {"probes.succeeded", probe_attempts<&ProbeReport::succeeded>, Unit::kCount},
    {"restarts", restarts, Unit::kCount},
    {"start_latency", start_latency, Unit::kDuration},
};

double parse_ratio(std::string_view text) {
  const bool percent = !text.empty() && text.back() == '%';
  const std::string_view number = text.substr(0, text.size() - (percent ? 1 : 0));
  double value = 0;
  const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (problem != std::errc() || end != number.data() + number.size() || !std::isfinite(value)) {
    throw BadInput("not a ratio: \"" + std::string(text) + "\"", "examples: 0.2, 20%");
  }
  return percent ? value / 100 : value;
}

std::string print(const char* format, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

using Same = std::function<bool(double)>;

std::string format_bytes(double value, const Same& same) {
  constexpr std::array<std::pair<const char*, double>, 4> kUnits = {
      {{"Ti", 1099511627776.0}, {"Gi", 1073741824.0}, {"Mi", 1048576.0}, {"Ki", 1024.0}}};
  for (const auto& [name, size] : kUnits) {
    if (value < size) continue;
    for (const double scale : {1.0, 10.0, 100.0, 1000.0}) {
      const double rounded = std::round(value / size * scale) / scale;
      if (std::abs(rounded * size - value) <= value * 0.005 && same(rounded * size)) {
        return print("%.10g", rounded) + name;
      }
    }
    break;
  }
  return print("%.0f", value);
}

std::string format_duration(double value, const Same& same) {
  constexpr double kThreeDigits = 1000;
  const double step =
      std::max(1.0, std::pow(10, std::floor(std::log10(std::max(value, 1.0)))) * 10 / kThreeDigits);
  const double rounded = std::round(value / step) * step;
  const double shown = same(rounded) ? rounded : value;
  return go_duration(Nanoseconds(static_cast<std::int64_t>(shown)));
}

std::string format_ratio(double value, const Same& same) {
  for (const double scale : {1e3, 1e4, 1e6}) {
    const double rounded = std::round(value * scale) / scale;
    if (same(rounded)) return print("%.10g", rounded);
  }
  return print("%.17g", value);
}

}  // namespace

const Metric* find_metric(std::string_view name) {
  const auto* found = std::find_if(std::begin(kMetrics), std::end(kMetrics),
                                   [&](const Metric& metric) { return metric.name == name; });
  return found == std::end(kMetrics) ? nullptr : found;
}

std::string known_metrics() {
  std::string text;
  for (const Metric& metric : kMetrics) {
    text += (text.empty() ? "" : ", ") + std::string(metric.name);
  }
  return text;
}

double parse_bound(Unit unit, std::string_view text) {
  double bound = 0;
  switch (unit) {
    case Unit::kBytes:
    case Unit::kCount:
      bound = static_cast<double>(Quantity::parse(text).milli_value()) / 1000;
      break;
    case Unit::kDuration:
      bound = static_cast<double>(parse_duration(text).count());
      break;
    case Unit::kRatio:
      bound = parse_ratio(text);
      break;
  }
  if (bound < 0) throw BadInput("must not be negative: \"" + std::string(text) + "\"");
  return bound;
}

std::string format_value(Unit unit, double value, const Same& same) {
  switch (unit) {
    case Unit::kBytes:
      return format_bytes(value, same);
    case Unit::kDuration:
      return format_duration(value, same);
    case Unit::kRatio:
      return format_ratio(value, same);
    case Unit::kCount:
      break;
  }
  return print("%.0f", value);
}

}  // namespace podrun::pod
