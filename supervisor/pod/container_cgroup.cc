#include "supervisor/pod/container_cgroup.h"

#include <cerrno>
#include <utility>

#include "base/error.h"

namespace podrun::pod {

ContainerCgroup::ContainerCgroup(const cgroups::Layout& layout, std::string path,
                                 cgroups::Limits limits, int inject_birth_fault)
    : layout_(layout),
      path_(std::move(path)),
      limits_(std::move(limits)),
      inject_birth_fault_(inject_birth_fault) {
  create();
}

void ContainerCgroup::create() {
  cgroup_ = cgroups::Cgroup::create(layout_, path_);
  apply_limits();
  leaf_ = cgroup_.create_leaf("probe");
  make_places();
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

void ContainerCgroup::make_places() {
  place_ = runtime::Birthplace(cgroup_);
  leaf_place_ = runtime::Birthplace(leaf_);
  if (inject_birth_fault_ >= 0) place_.inject_fault(inject_birth_fault_);
}

void ContainerCgroup::renew() {
  if (layout_.kind != cgroups::LayoutKind::kV2) {
    ensure_places();
    return;
  }
  place_ = runtime::Birthplace();
  leaf_place_ = runtime::Birthplace();
  leaf_ = cgroups::Cgroup();
  cgroup_ = cgroups::Cgroup();
  create();
}

void ContainerCgroup::ensure_places() {
  if (!place_.alive()) place_ = runtime::Birthplace(cgroup_);
  if (!leaf_place_.alive()) leaf_place_ = runtime::Birthplace(leaf_);
}

Usage ContainerCgroup::usage() const { return {cgroup_.stats(), leaf_.stats().cpu_usage_us}; }

}  // namespace podrun::pod
