// A device allow-list as a BPF program of type cgroup/dev, for cgroup v2: made, loaded, attached.
#pragma once

#include <linux/bpf.h>

#include <vector>

#include "base/fd.h"
#include "cgroups/limits.h"

namespace podrun::cgroups {

/// The program that answers as allows() of cgroups/device_rules.h does: 1 for yes, 0 for no.
std::vector<bpf_insn> make_device_program(const std::vector<DeviceRule>& rules);

/// bpf(BPF_PROG_LOAD); an error carries the verifier's last words.
Fd load_device_program(const std::vector<bpf_insn>& program);

/// Attaches to the cgroup of `cgroup_fd` (O_PATH will do) in the place of a device program that
/// podrun attached there before. Programs of the cgroups above must agree too.
void attach_device_program(int cgroup_fd, const Fd& program);

}  // namespace podrun::cgroups
