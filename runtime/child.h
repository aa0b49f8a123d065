// What happens between clone and execve: the plan's steps, one after another, as bare system calls.
// Nothing here may allocate, throw, lock or use stdio.
#pragma once

#include "runtime/plan.h"

namespace podrun::runtime {

// Where kCloseFds puts the report pipe and the supervisor's pidfd; from the third on all are
// closed.
constexpr int kReportAfterClose = 3;
constexpr int kSupervisorAfterClose = 4;
constexpr int kFirstToClose = 5;

/// What the steps hand to one another.
struct ChildState {
  Plan& plan;
  int root = -1;           // the container's root while it is being furnished
  int folder = -1;         // of the last kOpenFolder
  int masked_folder = -1;  // an empty read-only folder that hides others
  bool working_folder_failed = false;
};

/// Runs the plan in the new process; never returns.
[[noreturn]] void run_child(Plan& plan);

/// Records that the step under way did less than was asked, for the parent's warning.
void cut_short(ChildState& state, int error);

// The steps; each returns 0 or minus errno.

// runtime/child_mounts.cc
/// A new file system as a detached mount; the parent calls it as well.
int make_file_system(const MountPlan& mount);
int step_private_mounts(const Step& step);
int step_attach_root(ChildState& state, const Step& step);
int step_mount(ChildState& state, const Step& step);
int step_open_folder(ChildState& state, const Step& step);
int step_device(ChildState& state, const Step& step);
int step_link(ChildState& state, const Step& step);
int step_readonly_path(ChildState& state, const Step& step);
int step_readonly_mount(ChildState& state, const Step& step);
int step_mask(ChildState& state, const Step& step);
int step_root_readonly(ChildState& state);
int step_pivot(ChildState& state);
int step_propagation(const Step& step);

// runtime/child_identity.cc: who the process is and what it may do
int step_rlimit(ChildState& state, const Step& step);
int step_bounding_set(const Step& step);
int step_seccomp(const Step& step);
int step_capabilities(const Step& step);
int step_ambient(const Step& step);
int step_die_with_parent();

// runtime/child_surroundings.cc: what the process finds
int step_enter_cgroup(const Step& step);
int step_await_maps(ChildState& state);
int step_join(const Step& step);
int step_park(ChildState& state);
int step_write_file(ChildState& state, const Step& step);
int step_terminal(const Step& step);
int step_stdio(const Step& step);
int step_working_folder(ChildState& state, const Step& step);
int step_signals(const Step& step);
int step_close_fds(ChildState& state, const Step& step);
int step_exec(const Step& step);

// Paths inside a root that a stranger furnished (runtime/inside_root.cc).

/// openat2 with RESOLVE_IN_ROOT and without magic links; tried again while others rename.
int open_inside(int root, const char* path, std::uint64_t flags);
/// An O_PATH descriptor of `path`, which is made if it is missing: a folder, or an empty file.
/// Symbolic links, dangling ones as well, lead to where they lead inside the root.
int open_or_make_inside(int root, const char* path, bool folder);

}  // namespace podrun::runtime
