// The conditions of a pod: what kubelet's Generate…Condition functions say of its containers. Pure.
#pragma once

#include <vector>

#include "supervisor/pod/status.h"

namespace podrun::pod {

/// PodReadyToStartContainers, Initialized, Ready, ContainersReady, PodScheduled, in this order,
/// from phase and container statuses; PodResizeInProgress behind them where one is. last_transition
/// is left unset.
std::vector<Condition> conditions_of(const PodStatus& status, const manifest::PodSpec& spec,
                                     const PodFacts& facts);

}  // namespace podrun::pod
