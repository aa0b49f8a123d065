// Who the process is and what it may do: limits, users, capabilities, seccomp.
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "runtime/child.h"
#include "runtime/raw.h"

namespace podrun::runtime {

int step_rlimit(ChildState& state, const Step& step) {
  const auto& wanted = *static_cast<const RlimitPlan*>(step.data);
  // struct rlimit64 of the system call, whatever the libc's rlim_t is.
  struct {
    std::uint64_t soft, hard;
  } limit{wanted.soft, wanted.hard}, now{};
  const int result = raw_int(SYS_prlimit64, 0, step.a, &limit, nullptr);
  if (result != -EPERM) return result;
  // Raising the hard limit needs CAP_SYS_RESOURCE: take what there is.
  raw(SYS_prlimit64, 0, step.a, nullptr, &now);
  limit.hard = now.hard;
  if (limit.soft > limit.hard) limit.soft = limit.hard;
  cut_short(state, EPERM);
  return raw_int(SYS_prlimit64, 0, step.a, &limit, nullptr);
}

int step_bounding_set(const Step& step) {
  for (std::uint64_t capability = 0; capability <= step.b; ++capability) {
    if ((step.a >> capability & 1) != 0) continue;
    const int result = raw_int(SYS_prctl, PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (result < 0 && result != -EINVAL) return result;
  }
  return 0;
}

int step_seccomp(const Step& step) {
  sock_fprog program{};
  program.len = static_cast<unsigned short>(step.a);
  program.filter = static_cast<sock_filter*>(const_cast<void*>(step.data));
  return raw_int(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int step_capabilities(const Step& step) {
  const auto& wanted = *static_cast<const CapabilityPlan*>(step.data);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[2];
  for (int half = 0; half < 2; ++half) {
    const int shift = 32 * half;
    sets[half].effective = static_cast<std::uint32_t>(wanted.effective >> shift);
    sets[half].permitted = static_cast<std::uint32_t>(wanted.permitted >> shift);
    sets[half].inheritable = static_cast<std::uint32_t>(wanted.inheritable >> shift);
  }
  return raw_int(SYS_capset, &header, sets);
}

int step_ambient(const Step& step) {
  for (unsigned long capability = 0; step.a >> capability != 0; ++capability) {
    if ((step.a >> capability & 1) == 0) continue;
    const int result = raw_int(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
    if (result < 0) return result;
    if (capability == 63) break;
  }
  return 0;
}

int step_die_with_parent() {
  // After the last change of credentials, which would clear it (man 2 prctl).
  const int result = raw_int(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (result < 0) return result;
  // Dead before that? getppid() cannot tell from inside a new pid namespace; the pidfd can.
  pollfd parent{kSupervisorAfterClose, POLLIN, 0};
  timespec at_once{};
  return raw_int(SYS_ppoll, &parent, 1, &at_once, nullptr, 8) == 0 ? 0 : -ESRCH;
}

}  // namespace podrun::runtime
