// ContainerRunner: other resources for a container that runs.
#include <algorithm>

#include "base/error.h"
#include "supervisor/pod/container_runner.h"
#include "supervisor/pod/context.h"
#include "supervisor/pod/pod_cgroup.h"

namespace podrun::pod {

void ContainerRunner::resources_changed() {
  settle_status();
  if (!next_ || next_->released()) return;
  // It has the old ones in its cgroup, and may have them in its environment.
  next_.reset();
  next_due_ = context_.clock.now();
}

ResizeEffect ContainerRunner::resize_effect() const {
  if (!instance_ || final_ || phase_ == Phase::kEnded) return ResizeEffect::kNone;
  return pod::resize_effect(given_, container_);
}

MemoryFall ContainerRunner::memory_fall() const {
  return {container_.name, instance_->cgroup().limits().memory_max,
          container_limits(context_, container_).memory_max,
          instance_->cgroup().cgroup().stats().memory_current};
}

bool ContainerRunner::resize() {
  if (resize_effect() == ResizeEffect::kRestart) {
    if (phase_ == Phase::kRunning && !resize_restart_) {
      resize_restart_ = true;
      begin_kill(context_.pod.spec.termination_grace_period,
                 "Container " + container_.name + " resize requires restart");
    }
    return false;
  }
  // The cgroup of one that has just ended or just begins may not be larger than the pod's either.
  const cgroups::Limits limits = container_limits(context_, container_);
  for (Instance* each : {retired_.get(), next_.get(), instance_.get()}) {
    if (each != nullptr) each->cgroup().resize(limits);
  }
  given_ = container_.resources;
  settle_status();
  return true;
}

}  // namespace podrun::pod
