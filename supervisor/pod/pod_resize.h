// Brings the cgroups of a running pod to the resources that its containers should have. Compares
// again at every turn, so that a restart in between, or an error, only delays it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cgroups/limits.h"
#include "supervisor/pod/container_runner.h"
#include "supervisor/pod/status.h"

namespace podrun::pod {

class PodResize {
 public:
  /// The pod's cgroup has been made. `context` outlives it.
  explicit PodResize(Context& context);

  /// The same pod with other resources: its containers have them from now on, the running ones as
  /// soon as advance() can.
  [[gnu::cold]] void take(const manifest::Pod& wanted,
                          const std::vector<ContainerRunner*>& runners);
  /// Does what can be done now. Errors become the condition, and are tried again.
  void advance(Moment now, const std::vector<ContainerRunner*>& runners);
  bool in_progress() const { return wanted_; }
  /// What the condition PodResizeInProgress says; nothing where none is in progress.
  std::optional<ResizeProgress> progress() const;
  std::optional<Moment> next_deadline() const { return retry_; }
  /// Of the pod, as it was last taken.
  std::int64_t generation() const { return generation_; }

 private:
  bool act(const std::vector<ContainerRunner*>& runners);
  void check_memory(const std::vector<ContainerRunner*>& runners, bool restarting) const;
  void set_pod(const cgroups::Limits& limits);
  void fail(const std::string& why, Moment now);

  Context& context_;
  cgroups::Limits pod_;  // what the pod's cgroup has
  std::int64_t generation_ = 0;
  bool wanted_ = false;
  std::string error_;
  std::optional<Moment> retry_;
};

}  // namespace podrun::pod
