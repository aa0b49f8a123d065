// From a manifest's resources to the figures of a cgroup, as a kubelet computes them. Pure numbers.
#pragma once

#include <cstdint>
#include <optional>

#include "supervisor/manifest/pod.h"

namespace podrun::manifest {

/// Figures of one cgroup; nothing means no limit.
struct CgroupFigures {
  std::optional<std::int64_t> cpu_quota_us;  // per 100000 us; at least 1000
  std::uint64_t cpu_shares = 2;              // 2..262144
  std::optional<std::int64_t> memory_max;    // bytes
};

/// A missing request takes the limit's value.
CgroupFigures container_figures(const Container& container);
/// Sums over the containers and sidecars, or the largest init container (beside the sidecars begun
/// before it) where that is more. A limit is set only where every container has one.
CgroupFigures pod_figures(const PodSpec& spec);
/// What a pod asks the node for: component-helpers' PodRequests, less what is no cpu or memory.
struct PodRequests {
  std::int64_t cpu_milli = 0;
  std::int64_t memory = 0;  // bytes
};
PodRequests pod_requests(const PodSpec& spec);
/// kubelet's GetContainerOOMScoreAdjust.
int oom_score_adj(const PodSpec& spec, const Container& container,
                  std::int64_t machine_memory_bytes);

}  // namespace podrun::manifest
