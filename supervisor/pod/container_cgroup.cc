#include "supervisor/pod/container_cgroup.h"

#include <utility>

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
  cgroup_.apply(limits_);
  leaf_ = cgroup_.create_leaf("probe");
  make_places();
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
