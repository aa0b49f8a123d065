// Which devices may be opened and made: a BPF program on v2, devices.allow and .deny on v1.
#pragma once

#include "cgroups/folder.h"
#include "cgroups/limits.h"

namespace podrun::cgroups {

void attach_devices_v2(const Folder& folder, const Fd& program);
void apply_devices_v2(const Folder& folder, const Limits& limits);
/// Must come before cgroups are made below where the answer for unnamed devices changes.
void apply_devices_v1(const Folder& folder, const Limits& limits);

}  // namespace podrun::cgroups
