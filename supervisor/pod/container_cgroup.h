// The cgroup of one container instance with its probe leaf, and the places where processes of both
// are born. Each instance has its own, so that its counters begin at nothing.
#pragma once

#include <string>

#include "cgroups/cgroup.h"
#include "runtime/birth.h"
#include "supervisor/pod/usage.h"

namespace podrun::pod {

class ContainerCgroup {
 public:
  /// Makes `name` below the pod's cgroup, with `limits`. `births`: any place of this process.
  ContainerCgroup(const cgroups::Cgroup& pod, const std::string& name, cgroups::Limits limits,
                  const runtime::Birthplace& births);

  const cgroups::Cgroup& cgroup() const { return cgroup_; }
  runtime::Birthplace& place() { return place_; }
  /// Of the leaf `probe` below it, which the first call makes.
  runtime::Birthplace& leaf_place();
  const cgroups::Limits& limits() const { return limits_; }
  /// Other limits for what runs in it; its devices stay.
  [[gnu::cold]] void resize(cgroups::Limits limits);
  /// What has been used so far, the leaf's share told apart.
  Usage usage() const;

 private:
  void apply_limits();

  cgroups::Limits limits_;
  cgroups::Cgroup cgroup_, leaf_;
  runtime::Birthplace place_, leaf_place_;
};

}  // namespace podrun::pod
