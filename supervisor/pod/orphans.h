// What a supervisor that died leaves behind has to be reaped by somebody, soon: the first process
// of a pid namespace ends only when all others in it have been reaped, and those that were put
// there from outside are reaped outside.
#pragma once

#include "base/clock.h"

namespace podrun::pod {

/// Children of children that die become this process's, rather than those of the machine's first
/// process, which may be slow. `wanted` false ends that: what is made then belongs to nobody here.
void adopt_orphans(bool wanted = true);

/// Reaps all children of this process until there is none or `timeout` has passed. For the end,
/// when the exit status of no child is wanted any more.
void reap_orphans(Nanoseconds timeout);

}  // namespace podrun::pod
