// The meaning of a device allow-list (OCI config-linux.md, "Allowed Device list"), without a
// kernel: each kind of access is decided by the last rule that names it; what no rule names is
// denied.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cgroups/limits.h"

namespace podrun::cgroups {

/// Kinds of access as bits, with the values of the kernel's BPF_DEVCG_ACC_*.
constexpr std::uint32_t kAccessMknod = 1, kAccessRead = 2, kAccessWrite = 4;
constexpr std::uint32_t kAccessAll = kAccessMknod | kAccessRead | kAccessWrite;

/// "rw" to bits. Throws BadInput for other letters.
std::uint32_t parse_device_access(const std::string& letters);
std::string device_access_text(std::uint32_t access);
/// "c 1:*".
std::string device_name_text(const DeviceRule& rule);
/// "c 1:* rwm", as v1's files take it.
std::string device_rule_text(const DeviceRule& rule);

/// The same meaning in fewer rules: invalid ones throw BadInput, those that a later rule makes void
/// are dropped.
std::vector<DeviceRule> simplify(const std::vector<DeviceRule>& rules);

/// What the kernel must answer: the reference for the program and for v1's lists. `type` is 'b' or
/// 'c'. An access of no kind (a test for existence) is allowed.
bool allows(const std::vector<DeviceRule>& rules, char type, std::int64_t major, std::int64_t minor,
            std::uint32_t access);

/// What v1 can hold: one answer for all, and a list of exceptions from it.
struct DeviceList {
  bool allow_others = false;
  std::vector<DeviceRule> exceptions;  // each with type b or c, and `allow` = !allow_others
};
/// Throws BadInput where the rules need an exception from an exception ("all of major 1, but not
/// 1:5"), which v1 cannot express.
DeviceList to_v1_list(const std::vector<DeviceRule>& rules);

}  // namespace podrun::cgroups
