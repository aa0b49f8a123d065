#include "runtime/child.h"

#include <linux/keyctl.h>
#include <sys/prctl.h>

#include "runtime/raw.h"

namespace podrun::runtime {

void cut_short(ChildState& state, int error) {
  Plan& plan = state.plan;
  const std::uint32_t count = plan.cut_short_count.load(std::memory_order_relaxed);
  if (count >= Plan::kMaxCutShort) return;
  plan.cut_short[count] = {plan.step.load(std::memory_order_relaxed), error};
  plan.cut_short_count.store(count + 1, std::memory_order_release);
}

namespace {

int step_keyring() {
  const int result = raw_int(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr, 0, 0, 0);
  // Kernels without keys, and machines whose key quota is used up, must still run containers: then
  // the session keyring is the caller's, as it is for any other child.
  return result == -ENOSYS || result == -EDQUOT || result == -EPERM ? 0 : result < 0 ? result : 0;
}

int step_call(const Step& step) {
  const auto& call = *static_cast<const CallPlan*>(step.data);
  raw(SYS_close, kReportAfterClose);  // "running"
  raw(SYS_close, kSupervisorAfterClose);
  call.function(call.argument, call.length);
  raw(SYS_exit_group, 0);
  return 0;
}

int run_step_of_root(ChildState& state, const Step& step) {
  switch (step.kind) {
    case StepKind::kPrivateMounts:
      return step_private_mounts(step);
    case StepKind::kAttachRoot:
      return step_attach_root(state, step);
    case StepKind::kMount:
      return step_mount(state, step);
    case StepKind::kOpenFolder:
      return step_open_folder(state, step);
    case StepKind::kDevice:
      return step_device(state, step);
    case StepKind::kLink:
      return step_link(state, step);
    case StepKind::kReadonlyPath:
      return step_readonly_path(state, step);
    case StepKind::kReadonlyMount:
      return step_readonly_mount(state, step);
    case StepKind::kMask:
      return step_mask(state, step);
    case StepKind::kRootReadonly:
      return step_root_readonly(state);
    case StepKind::kPivot:
      return step_pivot(state);
    case StepKind::kPropagation:
      return step_propagation(step);
    default:
      return -ENOSYS;
  }
}

int run_step_of_identity(ChildState& state, const Step& step) {
  switch (step.kind) {
    case StepKind::kRlimit:
      return step_rlimit(state, step);
    case StepKind::kBoundingSet:
      return step_bounding_set(step);
    case StepKind::kSeccomp:
      return step_seccomp(step);
    case StepKind::kKeepCapabilities:
      return raw_int(SYS_prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);
    case StepKind::kGroups:
      return raw_int(SYS_setgroups, step.a, step.data);
    case StepKind::kGroup:
      return raw_int(SYS_setresgid, step.a, step.a, step.a);
    case StepKind::kUser:
      return raw_int(SYS_setresuid, step.a, step.a, step.a);
    case StepKind::kCapabilities:
      return step_capabilities(step);
    case StepKind::kAmbient:
      return step_ambient(step);
    case StepKind::kNoNewPrivileges:
      return raw_int(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    case StepKind::kDieWithParent:
      return step_die_with_parent();
    default:
      return run_step_of_root(state, step);
  }
}

int run_step(ChildState& state, const Step& step) {
  switch (step.kind) {
    case StepKind::kClone:
    case StepKind::kMapIds:
      return 0;  // the parent's
    case StepKind::kEnterCgroup:
      return step_enter_cgroup(step);
    case StepKind::kAwaitMaps:
      return step_await_maps(state);
    case StepKind::kHide:
      return raw_int(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
    case StepKind::kJoin:
      return step_join(step);
    case StepKind::kUnshare:
      return raw_int(SYS_unshare, step.a);
    case StepKind::kOomScore:
    case StepKind::kSysctl:
      return step_write_file(state, step);
    case StepKind::kHostname:
      return raw_int(SYS_sethostname, step.text, step.a);
    case StepKind::kKeyring:
      return step_keyring();
    case StepKind::kSession:
      return raw_int(SYS_setsid) < 0 ? -EPERM : 0;
    case StepKind::kTerminal:
      return step_terminal(step);
    case StepKind::kStdio:
      return step_stdio(step);
    case StepKind::kWorkingFolder:
      return step_working_folder(state, step);
    case StepKind::kUmask:
      raw(SYS_umask, step.a);
      return 0;
    case StepKind::kSignals:
      return step_signals(step);
    case StepKind::kCloseFds:
      return step_close_fds(state, step);
    case StepKind::kPark:
      return step_park(state);
    case StepKind::kExec:
      return step_exec(step);
    case StepKind::kCall:
      return step_call(step);
    default:
      return run_step_of_identity(state, step);
  }
}

}  // namespace

void run_child(Plan& plan) {
  ChildState state{plan};
  for (std::uint32_t i = 0; i < plan.step_count; ++i) {
    plan.step.store(i, std::memory_order_relaxed);
    const int result = i == plan.fault_step ? -EIO : run_step(state, plan.steps[i]);
    if (result < 0) {
      plan.error = -result;
      plan.failed.store(1, std::memory_order_release);
      break;
    }
  }
  while (true) raw(SYS_exit_group, 1);
}

}  // namespace podrun::runtime
