// The cgroups of one pod: where they lie in the tree and what their limits are.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "cgroups/cgroup.h"
#include "cgroups/layout.h"
#include "supervisor/manifest/pod.h"

namespace podrun::pod {

struct Context;
class EventLog;

/// "podrun/burstable/pod<uid>"; guaranteed pods stand beside the two classes, as under a kubelet.
/// `above`: NodePlace::cgroup.
std::string pod_cgroup_path(const manifest::Pod& pod, const std::string& above = "podrun");

/// The machine's, less what no field of a pod limits: v1's blkio and cpuset, where a cgroup would
/// only cost, and v1's pids where no report tells their peak.
cgroups::Layout pod_layout(bool under_daemon);

/// Throws Error that names what of the containers' limits `layout` cannot enforce; with
/// `allow_no_limits` each container it concerns has a warning event instead.
void check_enforceable(const cgroups::Layout& layout, const manifest::PodSpec& spec,
                       bool allow_no_limits, EventLog& events);

/// Makes the pod's cgroup with the sums over its containers. Checks first whether
/// this machine can enforce them.
cgroups::Cgroup make_pod_cgroup(Context& context);
/// The limits of the pod's own cgroup, less what cannot be enforced under --allow-no-limits;
/// without devices.
cgroups::Limits pod_limits(const Context& context);
/// The limits of one container's cgroup, less what cannot be enforced under --allow-no-limits.
cgroups::Limits container_limits(const Context& context, const manifest::Container& container);
/// The devices that a container may open.
std::vector<cgroups::DeviceRule> container_devices(const manifest::Container& container);
int oom_score_adj(const Context& context, const manifest::Container& container);

}  // namespace podrun::pod
