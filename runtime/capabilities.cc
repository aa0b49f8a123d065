#include "runtime/capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <iterator>

#include "base/error.h"
#include "runtime/spec.h"

namespace podrun::runtime {

namespace {

// In the order of their numbers: linux/capability.h.
constexpr std::string_view kNames[] = {"CAP_CHOWN",
                                       "CAP_DAC_OVERRIDE",
                                       "CAP_DAC_READ_SEARCH",
                                       "CAP_FOWNER",
                                       "CAP_FSETID",
                                       "CAP_KILL",
                                       "CAP_SETGID",
                                       "CAP_SETUID",
                                       "CAP_SETPCAP",
                                       "CAP_LINUX_IMMUTABLE",
                                       "CAP_NET_BIND_SERVICE",
                                       "CAP_NET_BROADCAST",
                                       "CAP_NET_ADMIN",
                                       "CAP_NET_RAW",
                                       "CAP_IPC_LOCK",
                                       "CAP_IPC_OWNER",
                                       "CAP_SYS_MODULE",
                                       "CAP_SYS_RAWIO",
                                       "CAP_SYS_CHROOT",
                                       "CAP_SYS_PTRACE",
                                       "CAP_SYS_PACCT",
                                       "CAP_SYS_ADMIN",
                                       "CAP_SYS_BOOT",
                                       "CAP_SYS_NICE",
                                       "CAP_SYS_RESOURCE",
                                       "CAP_SYS_TIME",
                                       "CAP_SYS_TTY_CONFIG",
                                       "CAP_MKNOD",
                                       "CAP_LEASE",
                                       "CAP_AUDIT_WRITE",
                                       "CAP_AUDIT_CONTROL",
                                       "CAP_SETFCAP",
                                       "CAP_MAC_OVERRIDE",
                                       "CAP_MAC_ADMIN",
                                       "CAP_SYSLOG",
                                       "CAP_WAKE_ALARM",
                                       "CAP_BLOCK_SUSPEND",
                                       "CAP_AUDIT_READ",
                                       "CAP_PERFMON",
                                       "CAP_BPF",
                                       "CAP_CHECKPOINT_RESTORE"};
constexpr int kKnown = static_cast<int>(std::size(kNames));

}  // namespace

std::optional<int> capability_number(std::string_view name) {
  for (int number = 0; number < kKnown; ++number)
    if (kNames[number] == name) return number;
  return std::nullopt;
}

std::string capability_name(int number) {
  return number < kKnown ? std::string(kNames[number]) : "capability " + std::to_string(number);
}

CapabilityMask capability_mask(const std::vector<std::string>& names) {
  CapabilityMask mask = 0;
  for (const std::string& name : names) {
    const auto number = capability_number(name);
    if (!number) throw BadInput("unknown capability \"" + name + "\"");
    mask |= CapabilityMask{1} << *number;
  }
  return mask;
}

std::vector<std::string> capability_names(CapabilityMask mask) {
  std::vector<std::string> names;
  for (int number = 0; number < 64; ++number)
    if ((mask >> number & 1) != 0) names.push_back(capability_name(number));
  return names;
}

int highest_capability() {
  int highest = CAP_LAST_CAP;
  while (highest < 63 && ::prctl(PR_CAPBSET_READ, highest + 1) >= 0) ++highest;
  while (highest > 0 && ::prctl(PR_CAPBSET_READ, highest) < 0) --highest;
  return highest;
}

CapabilityMask own_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[2]{};
  if (::syscall(SYS_capget, &header, sets) != 0) throw_errno("read own capabilities");
  return CapabilityMask{sets[1].permitted} << 32 | sets[0].permitted;
}

std::vector<std::string> all_capabilities() {
  std::vector<std::string> names;
  const int highest = highest_capability();
  for (int number = 0; number <= highest && number < kKnown; ++number)
    names.emplace_back(kNames[number]);
  return names;
}

std::vector<std::string> default_capabilities() {
  return {"CAP_AUDIT_WRITE", "CAP_CHOWN",   "CAP_DAC_OVERRIDE",     "CAP_FOWNER",    "CAP_FSETID",
          "CAP_KILL",        "CAP_MKNOD",   "CAP_NET_BIND_SERVICE", "CAP_NET_RAW",   "CAP_SETFCAP",
          "CAP_SETGID",      "CAP_SETPCAP", "CAP_SETUID",           "CAP_SYS_CHROOT"};
}

}  // namespace podrun::runtime
