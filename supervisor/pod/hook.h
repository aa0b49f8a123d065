// One lifecycle hook under way: a command in the container, a request to it, or a sleep.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "supervisor/pod/attempt.h"
#include "supervisor/pod/probe_runner.h"

namespace podrun::pod {

class Hook {
 public:
  /// Called once with what went wrong, empty where nothing did. The hook may be destroyed in it.
  using Done = std::function<void(const std::string& problem)>;

  /// `place`: where a command is born (the container's own cgroup, not the probe leaf: it is the
  /// container's work). `handler` and the target's container outlive the hook.
  Hook(Context& context, const ProbeTarget& target, runtime::Birthplace& place,
       const manifest::LifecycleHandler& handler, Moment deadline, Done done);

  std::optional<Moment> next_deadline() const;
  void on_deadline(Moment now);

 private:
  std::optional<Moment> sleep_until_;
  std::unique_ptr<Attempt> attempt_;
  Done done_;
};

}  // namespace podrun::pod
