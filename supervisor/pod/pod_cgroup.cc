#include "supervisor/pod/pod_cgroup.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "supervisor/manifest/resources.h"
#include "supervisor/pod/context.h"

namespace podrun::pod {

namespace {

cgroups::Limits limits_from(const manifest::CgroupFigures& figures) {
  cgroups::Limits limits;
  if (figures.cpu_quota_us) limits.cpu_max = cgroups::CpuMax{*figures.cpu_quota_us};
  limits.cpu_shares = figures.cpu_shares;
  limits.memory_max = figures.memory_max;
  limits.memory_oom_group = figures.memory_max.has_value();
  return limits;
}

bool is_privileged(const manifest::Container& container) {
  return container.security_context && container.security_context->privileged.value_or(false);
}

/// Rules hold for all below: where all containers have the same, the pod's cgroup has them once.
bool all_alike(const manifest::PodSpec& spec) {
  const auto privileged = [](const auto& containers) {
    return std::any_of(containers.begin(), containers.end(), is_privileged);
  };
  return !privileged(spec.init_containers) && !privileged(spec.containers);
}

void drop_unenforceable(const cgroups::Layout& layout, cgroups::Limits& limits) {
  if (!layout.can_limit(cgroups::Controller::kCpu)) {
    limits.cpu_max.reset();
    limits.cpu_shares.reset();
  }
  if (!layout.can_limit(cgroups::Controller::kMemory)) {
    limits.memory_max.reset();
    limits.memory_swap_max.reset();
    limits.memory_oom_group = false;
  }
}

/// What the manifest asks for: shares are only a preference, so their absence is no reason to
/// refuse.
std::vector<std::string> missing(const cgroups::Layout& layout, cgroups::Limits limits) {
  if (!layout.can_limit(cgroups::Controller::kCpu)) limits.cpu_shares.reset();
  return cgroups::Cgroup::unenforceable(layout, limits);
}

}  // namespace

cgroups::Layout pod_layout(bool under_daemon) {
  using cgroups::Controller;
  cgroups::Layout layout = cgroups::detect_layout();
  for (const Controller controller : {Controller::kIo, Controller::kCpuset})
    layout.v1_mounts.erase(controller);
  if (under_daemon) layout.v1_mounts.erase(Controller::kPids);
  return layout;
}

std::string pod_cgroup_path(const manifest::Pod& pod, const std::string& above) {
  const std::string name = "pod" + pod.metadata.uid;
  switch (manifest::qos_class(pod.spec)) {
    case manifest::QosClass::kGuaranteed:
      return above + "/" + name;
    case manifest::QosClass::kBurstable:
      return above + "/burstable/" + name;
    case manifest::QosClass::kBestEffort:
      break;
  }
  return above + "/besteffort/" + name;
}

void check_enforceable(const cgroups::Layout& layout, const manifest::PodSpec& spec,
                       bool allow_no_limits, EventLog& events) {
  for (const auto* containers : {&spec.init_containers, &spec.containers}) {
    for (const manifest::Container& container : *containers) {
      const auto lacking = missing(layout, limits_from(manifest::container_figures(container)));
      if (lacking.empty()) continue;
      const std::string text =
          "container " + container.name + ": this machine cannot enforce " + joined(lacking, ", ");
      if (!allow_no_limits) {
        throw Error(text, 0, "`podrun check` tells why; --allow-no-limits runs it without");
      }
      events.warning("LimitsNotEnforced", text,
                     container_field_path(container.name, containers == &spec.init_containers));
    }
  }
}

cgroups::Cgroup make_pod_cgroup(Context& context) {
  check_enforceable(context.layout, context.pod.spec, context.options.allow_no_limits,
                    context.events);
  cgroups::Cgroup cgroup = cgroups::Cgroup::create(
      context.layout, pod_cgroup_path(context.pod, context.options.place.cgroup));
  cgroups::Limits limits = pod_limits(context);
  if (all_alike(context.pod.spec)) {
    if (const Fd program = context.starter.take_device_program())
      cgroup.attach_devices(program);
    else
      limits.devices = default_devices();
  }
  cgroup.apply(limits);
  return cgroup;
}

cgroups::Limits pod_limits(const Context& context) {
  cgroups::Limits limits = limits_from(manifest::pod_figures(context.pod.spec));
  // The containers' own groups decide what an OOM kill takes; a pod is not killed whole.
  limits.memory_oom_group = false;
  drop_unenforceable(context.layout, limits);
  return limits;
}

cgroups::Limits container_limits(const Context& context, const manifest::Container& container) {
  cgroups::Limits limits = limits_from(manifest::container_figures(container));
  // As a kubelet without NodeSwap: what is beyond the limit does not go to the disk.
  if (limits.memory_max) limits.memory_swap_max = 0;
  if (!all_alike(context.pod.spec)) limits.devices = container_devices(container);
  drop_unenforceable(context.layout, limits);
  return limits;
}

std::vector<cgroups::DeviceRule> container_devices(const manifest::Container& container) {
  if (is_privileged(container)) return {{true, 'a', {}, {}, "rwm"}};
  return default_devices();
}

int oom_score_adj(const Context& context, const manifest::Container& container) {
  return manifest::oom_score_adj(context.pod.spec, container, context.node.memory_bytes);
}

}  // namespace podrun::pod
