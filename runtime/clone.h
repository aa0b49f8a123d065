// The clone itself.
#pragma once

#include "runtime/plan.h"

namespace podrun::runtime {

/// Clones the child of `plan`, which runs its steps; records in the plan what happened. Makes bare
/// system calls only.
void clone_from_plan(Plan& plan);

/// clone3(2) with the flags and exit signal given, signal handlers cleared; minus errno on failure,
/// 0 in the child.
long clone_process(std::uint64_t flags, int exit_signal, int cgroup_fd, int* pidfd);

}  // namespace podrun::runtime
