// The zombies of a dead supervisor's pod, where they became this process's children.
#pragma once

#include <string>

namespace podrun::node {

/// Reaps children that lie in a pod's cgroup; others are left to whoever waits for them.
void reap_pod_orphans(const std::string& uid);

}  // namespace podrun::node
