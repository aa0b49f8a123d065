// The pods that run on this machine, read from the run dir: for `podrun ps` and `podrun logs`.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/arguments.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/pod/paths.h"
#include "supervisor/pod/status.h"
#include "supervisor/pod/summary.h"

namespace podrun::cli {

struct ListedPod {
  manifest::Pod pod;
  pod::PodStatus status;
  pod::Summary row;
  pod::Roots roots;  // of its node
};

/// The machine's own folders, and those of each node that was added to it.
std::vector<pod::Roots> roots_of_nodes(const pod::Roots& roots);
/// Those of all nodes, in the order of namespace and name. Pods whose supervisor is dead, or has
/// not begun, are left out.
std::vector<ListedPod> list_pods(const pod::Roots& machine);
/// As `kubectl get pods`: NAMESPACE NAME READY STATUS RESTARTS AGE; `wide` adds IP, NODE and UID.
std::string pod_table(const std::vector<ListedPod>& pods, bool wide, WallTime now);
/// `podrun ps`.
int show_pods(const Arguments& arguments);

/// The pod that `word` names: NAME, NAMESPACE/NAME, or the start of a uid. Throws BadInput where
/// there is none, or several.
const ListedPod& find_pod(const std::vector<ListedPod>& pods, const std::string& word);

}  // namespace podrun::cli
