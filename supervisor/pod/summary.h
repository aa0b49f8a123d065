// A pod in one row: READY, STATUS and RESTARTS as `kubectl get pods` computes them. Pure.
#pragma once

#include <optional>
#include <string>

#include "supervisor/manifest/pod.h"
#include "supervisor/pod/status.h"

namespace podrun::pod {

struct Summary {
  int ready = 0;
  int total = 0;
  std::string status;  // "Running", "CrashLoopBackOff", "Init:0/2", "Completed", "Terminating", …
  int restarts = 0;
  std::optional<WallTime> last_restart;  // when the last instance before the current one ended

  bool operator==(const Summary&) const = default;
};

/// `deleting`: the pod is on its way out (it has a deletionTimestamp).
Summary summarize(const manifest::PodSpec& spec, const PodStatus& status, bool deleting);

}  // namespace podrun::pod
