// The container that nobody described further: as other engines make it.
#include <sys/sysmacros.h>

#include "runtime/spec.h"

namespace podrun::runtime {

namespace {

std::vector<Mount> default_mounts() {
  return {
      {"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}},
      {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
      {"/dev/pts",
       "devpts",
       "devpts",
       {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
      {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}},
      {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
      {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}},
      {"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}},
  };
}

std::vector<Device> default_devices() {
  return {{"/dev/null", 'c', 1, 3},   {"/dev/zero", 'c', 1, 5},    {"/dev/full", 'c', 1, 7},
          {"/dev/random", 'c', 1, 8}, {"/dev/urandom", 'c', 1, 9}, {"/dev/tty", 'c', 5, 0}};
}

}  // namespace

Spec default_spec() {
  Spec spec;
  const std::vector<std::string> capabilities = default_capabilities();
  spec.process.capabilities.bounding = capabilities;
  spec.process.capabilities.effective = capabilities;
  spec.process.capabilities.permitted = capabilities;
  spec.mounts = default_mounts();
  spec.linux_.devices = default_devices();
  spec.linux_.masked_paths = {"/proc/acpi",
                              "/proc/asound",
                              "/proc/interrupts",
                              "/proc/kcore",
                              "/proc/keys",
                              "/proc/latency_stats",
                              "/proc/sched_debug",
                              "/proc/scsi",
                              "/proc/timer_list",
                              "/proc/timer_stats",
                              "/sys/devices/virtual/powercap",
                              "/sys/firmware"};
  spec.linux_.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                "/proc/sysrq-trigger"};
  return spec;
}

}  // namespace podrun::runtime
