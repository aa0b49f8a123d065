// Which init container runs next: one after another to completion; past a sidecar once it has
// started. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "supervisor/pod/status.h"

namespace podrun::pod {

/// One init container, in the manifest's order. Restarts of what has begun are decided per
/// container (restart.h, backoff.h).
struct InitProgress {
  ContainerRole role = ContainerRole::kInit;  // or kSidecar
  bool begun = false;
  bool started = false;                // a sidecar that runs and whose startup probe has passed
  std::optional<int> final_exit_code;  // it has ended and will not be restarted
};

struct InitStep {
  enum class Kind {
    kStart,   // the one at `index`
    kWait,    // for the one at `index`
    kDone,    // the regular containers may start
    kFailed,  // the one at `index` failed for good: so has the pod
  };
  Kind kind = Kind::kDone;
  std::size_t index = 0;
  bool operator==(const InitStep&) const = default;
};

/// `pod_has_run`: a regular container has begun; from then on a sidecar that restarts holds up
/// nothing.
inline InitStep next_init_step(const std::vector<InitProgress>& containers, bool pod_has_run) {
  if (pod_has_run) return {};
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const InitProgress& container = containers[i];
    if (!container.begun) return {InitStep::Kind::kStart, i};
    if (container.role == ContainerRole::kSidecar) {
      // One that has started and is restarting was passed already if the next one has begun.
      const bool passed = i + 1 < containers.size() && containers[i + 1].begun;
      if (!container.started && !passed) return {InitStep::Kind::kWait, i};
      continue;
    }
    if (!container.final_exit_code) return {InitStep::Kind::kWait, i};
    if (*container.final_exit_code != 0) return {InitStep::Kind::kFailed, i};
  }
  return {};
}

}  // namespace podrun::pod
