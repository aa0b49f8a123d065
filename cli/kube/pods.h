// Which pod a command looks into.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/kube/targets.h"

namespace podrun::kube {

/// The pods that belong to an object: itself, or those that its selector chooses; the oldest that
/// are ready come first. Throws Error where there is none, or where it has none.
std::vector<Json> pods_of(Session& session, const Target& target);

/// The containers that a pod has, init containers first.
std::vector<std::string> container_names(const Json& pod);

/// --container, whether the pod has it or not, or the annotation
/// kubectl.kubernetes.io/default-container, or the first one: which is told where `tell` and where
/// there are others.
std::string chosen_container(const Json& pod, const std::string& wanted, bool tell);

/// Throws Error with these words where the pod has no such container.
void expect_container(const Json& pod, const std::string& name, const std::string& refusal);

/// The first pod of TYPE/NAME or POD; waits a little for one to be there.
Json pod_to_enter(Session& session, const std::string& word);

}  // namespace podrun::kube
