#include "supervisor/pod/container_cgroup.h"

#include <cerrno>
#include <utility>

#include "base/error.h"

namespace podrun::pod {

ContainerCgroup::ContainerCgroup(const cgroups::Cgroup& pod, const std::string& name,
                                 cgroups::Limits limits, const runtime::Birthplace& births)
    : limits_(std::move(limits)), cgroup_(pod.create_child(name)) {
  apply_limits();
  leaf_ = cgroup_.create_leaf("probe");
  place_ = runtime::Birthplace(cgroup_, births);
  leaf_place_ = runtime::Birthplace(leaf_, births);
}

void ContainerCgroup::apply_limits() {
  try {
    cgroup_.apply(limits_);
  } catch (const Error& error) {
    // A kernel that swaps without accounting it: the manifest's own limits hold all the same.
    if (error.errno_value() != ENOENT || !limits_.memory_swap_max) throw;
    limits_.memory_swap_max.reset();
    cgroup_.apply(limits_);
  }
}

Usage ContainerCgroup::usage() const { return {cgroup_.stats(), leaf_.cpu_usage_us()}; }

}  // namespace podrun::pod
