// A child process of a test, born in a cgroup as a container is.
#pragma once

#include <functional>

#include "base/pidfd.h"
#include "cgroups/cgroup.h"

namespace podrun::test {

/// Runs `body` in a forked child that is cloned into the v2 folder of `cgroup` and has entered its
/// v1 hierarchies; its result is the exit code. The destructor kills and reaps it.
class CgroupChild {
 public:
  CgroupChild(const cgroups::Cgroup& cgroup, const std::function<int()>& body);
  CgroupChild(CgroupChild&&) noexcept = default;
  CgroupChild& operator=(CgroupChild&&) = delete;
  ~CgroupChild();

  pid_t pid() const { return process_.pid(); }
  /// Blocks until it ends.
  ExitStatus reap();

 private:
  Process process_;
  bool reaped_ = false;
};

/// Bodies: one that computes for ever, one that waits for a signal.
int spin();
int idle();

}  // namespace podrun::test
