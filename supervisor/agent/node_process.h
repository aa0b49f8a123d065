// What a node's agent process does: podrun-daemon agent FILE.
#pragma once

#include <string>

#include "supervisor/agent/node_record.h"

namespace podrun::agent {

/// A child of the calling process is the node, until SIGTERM: its pods go on. It connects to the
/// API whenever it can and adopts what an earlier agent left. The caller returns 0 once the child's
/// supervisor.json is written, and is to end: the child belongs to the machine's first process, so
/// that pods whose agent dies are not left to the daemon to reap. Throws Error where another
/// process is this node's agent.
int run_node(const NodeRecord& record);

/// Ends and removes everything of a node on this machine but its record: pods, cgroups, folders.
/// Its agent must have ended. Throws Error where something is left.
void remove_node(const NodeRecord& record);

}  // namespace podrun::agent
