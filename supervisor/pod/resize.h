// A change of the containers' resources while they run: what it means for each, and how kubelet
// words it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "supervisor/manifest/pod.h"

namespace podrun::pod {

/// kubelet syncs a pod again this long after an error (pkg/kubelet, backOffPeriod).
inline constexpr Seconds kResizeRetry{10};

enum class ResizeEffect {
  kNone,
  kInPlace,  // its cgroup gets other figures
  kRestart,  // its resizePolicy wants it restarted for what changes
};
/// `has`: what the running instance was given; `wanted`: the container as it should be.
ResizeEffect resize_effect(const manifest::ResourceRequirements& has,
                           const manifest::Container& wanted);

/// Whether both pods' containers, which are the same ones, have equal resources.
bool same_resources(const manifest::PodSpec& one, const manifest::PodSpec& other);
/// Gives the containers of `to` the resources of those of `from` that have the same names.
void take_resources(manifest::PodSpec& to, const manifest::PodSpec& from);

/// A memory limit, in bytes, that is to become less (nothing before: there was none), and the use
/// below it now.
struct MemoryFall {
  std::string container;  // empty: of the whole pod
  std::optional<std::int64_t> before, after;
  std::uint64_t used = 0;
};
/// Why these cannot be done now: "cannot decrease memory limits: attempting to set pod memory limit
/// (1) below current usage (2)"; empty where they can.
std::string falls_refused(const std::vector<MemoryFall>& falls);

/// "Pod resize started: {"containers":[…],"generation":2}", kubelet's messages of its events.
/// `what`: "started", "completed", "error", "Deferred", "Infeasible".
std::string resize_message(const std::string& what, const manifest::PodSpec& spec,
                           std::int64_t generation, const std::string& error = "");

}  // namespace podrun::pod
