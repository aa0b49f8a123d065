#include "supervisor/manifest/resources.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>

namespace podrun::manifest {

namespace {

// kubelet: pkg/kubelet/cm/helpers_linux.go.
constexpr std::int64_t kQuotaPerMilliCpu = 100;
constexpr std::int64_t kMinQuota = 1000;
constexpr std::int64_t kMinShares = 2;
constexpr std::int64_t kMaxShares = 262144;
// kubelet: pkg/kubelet/qos/policy.go.
constexpr int kGuaranteedAdj = -997;
constexpr int kBestEffortAdj = 1000;

/// What a container, or several, need: a limit that one of them lacks is none.
struct Needs {
  std::int64_t cpu_request_milli = 0;
  std::int64_t memory_request = 0;
  std::optional<std::int64_t> cpu_limit_milli, memory_limit;
};

std::optional<std::int64_t> find(const std::map<std::string, Quantity>& values,
                                 const std::string& name, bool milli) {
  const auto found = values.find(name);
  if (found == values.end() || found->second.is_zero()) return std::nullopt;
  return milli ? found->second.milli_value() : found->second.value();
}

Needs needs_of(const Container& container) {
  Needs needs;
  const ResourceRequirements& resources = container.resources;
  needs.cpu_limit_milli = find(resources.limits, "cpu", true);
  needs.memory_limit = find(resources.limits, "memory", false);
  const bool cpu_given = resources.requests.count("cpu") != 0;
  const bool memory_given = resources.requests.count("memory") != 0;
  needs.cpu_request_milli = find(resources.requests, "cpu", true)
                                .value_or(cpu_given ? 0 : needs.cpu_limit_milli.value_or(0));
  needs.memory_request = find(resources.requests, "memory", false)
                             .value_or(memory_given ? 0 : needs.memory_limit.value_or(0));
  return needs;
}

template <typename Combine>
Needs combine(const Needs& a, const Needs& b, Combine pick) {
  Needs result;
  result.cpu_request_milli = pick(a.cpu_request_milli, b.cpu_request_milli);
  result.memory_request = pick(a.memory_request, b.memory_request);
  if (a.cpu_limit_milli && b.cpu_limit_milli)
    result.cpu_limit_milli = pick(*a.cpu_limit_milli, *b.cpu_limit_milli);
  if (a.memory_limit && b.memory_limit)
    result.memory_limit = pick(*a.memory_limit, *b.memory_limit);
  return result;
}

Needs sum(const Needs& a, const Needs& b) {
  return combine(a, b, [](std::int64_t x, std::int64_t y) {
    std::int64_t total = 0;
    return __builtin_add_overflow(x, y, &total) ? INT64_MAX : total;
  });
}

Needs larger(const Needs& a, const Needs& b) {
  return combine(a, b, [](std::int64_t x, std::int64_t y) { return std::max(x, y); });
}

CgroupFigures figures_of(const Needs& needs) {
  CgroupFigures figures;
  if (needs.cpu_limit_milli && *needs.cpu_limit_milli > 0) {
    const std::int64_t milli =
        std::min<std::int64_t>(*needs.cpu_limit_milli, INT64_MAX / kQuotaPerMilliCpu);
    figures.cpu_quota_us = std::max(milli * kQuotaPerMilliCpu, kMinQuota);
  }
  const std::int64_t shares = std::min(needs.cpu_request_milli, kMaxShares) * 1024 / 1000;
  figures.cpu_shares = static_cast<std::uint64_t>(std::clamp(shares, kMinShares, kMaxShares));
  if (needs.memory_limit && *needs.memory_limit > 0) figures.memory_max = needs.memory_limit;
  return figures;
}

Needs nothing_yet() {
  Needs needs;
  needs.cpu_limit_milli = 0;
  needs.memory_limit = 0;
  return needs;
}

/// 1000 less the thousandths of the machine's memory that are requested.
int adj_of(std::int64_t request, std::int64_t machine_memory) {
  if (machine_memory <= 0) return kBestEffortAdj;
  // In KiB the product stays within 64 bits on any machine.
  const std::int64_t share = std::clamp<std::int64_t>(request, 0, machine_memory) / 1024 * 1000 /
                             std::max<std::int64_t>(machine_memory / 1024, 1);
  return kBestEffortAdj - static_cast<int>(share);
}

/// Between the two other classes, with the room that kubelet leaves at both ends.
int hold(int adj) { return std::clamp(adj, 1000 + kGuaranteedAdj, kBestEffortAdj - 1); }

}  // namespace

CgroupFigures container_figures(const Container& container) {
  return figures_of(needs_of(container));
}

namespace {

Needs pod_needs(const PodSpec& spec) {
  Needs running = nothing_yet();
  for (const Container& container : spec.containers) running = sum(running, needs_of(container));
  Needs sidecars = nothing_yet();
  Needs starting = nothing_yet();
  for (const Container& container : spec.init_containers) {
    const Needs own = needs_of(container);
    const bool sidecar = container.restart_policy == "Always";
    starting = larger(starting, sum(sidecars, own));
    if (sidecar) sidecars = sum(sidecars, own);
  }
  return larger(sum(running, sidecars), starting);
}

}  // namespace

CgroupFigures pod_figures(const PodSpec& spec) { return figures_of(pod_needs(spec)); }

PodRequests pod_requests(const PodSpec& spec) {
  const Needs needs = pod_needs(spec);
  return {needs.cpu_request_milli, needs.memory_request};
}

int oom_score_adj(const PodSpec& spec, const Container& container,
                  std::int64_t machine_memory_bytes) {
  switch (qos_class(spec)) {
    case QosClass::kGuaranteed:
      return kGuaranteedAdj;
    case QosClass::kBestEffort:
      return kBestEffortAdj;
    case QosClass::kBurstable:
      break;
  }
  const int own = adj_of(needs_of(container).memory_request, machine_memory_bytes);
  if (container.restart_policy != "Always" || spec.containers.empty()) return hold(own);
  // A sidecar is killed no sooner than the container that it serves.
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const Container& served : spec.containers) {
    least = std::min(least, needs_of(served).memory_request);
  }
  return hold(std::min(own, adj_of(least, machine_memory_bytes)));
}

}  // namespace podrun::manifest
