// A container's cgroup with its probe leaf, and the places where processes of both are born.
#pragma once

#include <string>

#include "cgroups/cgroup.h"
#include "runtime/birth.h"
#include "supervisor/pod/usage.h"

namespace podrun::pod {

class ContainerCgroup {
 public:
  /// Makes the cgroup at `path` with `limits`, and the leaf `probe` below it.
  ContainerCgroup(const cgroups::Layout& layout, std::string path, cgroups::Limits limits,
                  int inject_birth_fault);

  /// For a new instance: on v2 a fresh cgroup, whose counters begin at nothing; on a hybrid host
  /// the same one, so that no process has to move again. It must be empty.
  void renew();
  /// Replaces parked processes that were killed (by the OOM killer, say).
  void ensure_places();

  const cgroups::Cgroup& cgroup() const { return cgroup_; }
  runtime::Birthplace& place() { return place_; }
  runtime::Birthplace& leaf_place() { return leaf_place_; }
  const cgroups::Limits& limits() const { return limits_; }
  /// What has been used so far, the leaf's share told apart.
  Usage usage() const;

 private:
  void create();
  void apply_limits();
  void make_places();

  const cgroups::Layout& layout_;
  std::string path_;
  cgroups::Limits limits_;
  int inject_birth_fault_;
  // Destroyed in reverse: the parked processes leave before the folders are removed.
  cgroups::Cgroup cgroup_, leaf_;
  runtime::Birthplace place_, leaf_place_;
};

}  // namespace podrun::pod
