#include "supervisor/pod/container_cgroup.h"

#include <cerrno>
#include <utility>

#include "base/error.h"

namespace podrun::pod {

ContainerCgroup::ContainerCgroup(const cgroups::Cgroup& pod, const std::string& name,
                                 cgroups::Limits limits, const runtime::Birthplace& births)
    : limits_(std::move(limits)), cgroup_(pod.create_child(name)) {
  apply_limits();
  place_ = runtime::Birthplace(cgroup_, births);
}

runtime::Birthplace& ContainerCgroup::leaf_place() {
  if (!leaf_place_.valid()) {
    leaf_ = cgroup_.create_leaf("probe");
    leaf_place_ = runtime::Birthplace(leaf_, place_);
  }
  return leaf_place_;
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

void ContainerCgroup::resize(cgroups::Limits limits) {
  limits.devices.reset();
  std::swap(limits_, limits);
  try {
    apply_limits();
  } catch (...) {
    std::swap(limits_, limits);
    throw;
  }
}

Usage ContainerCgroup::usage() const {
  return {cgroup_.stats(), leaf_.valid() ? leaf_.cpu_usage_us() : 0};
}

}  // namespace podrun::pod
