// What a DaemonSet does about its pods, pure: which are made and which go, rolling updates, status.
// pkg/controller/daemon.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/controllers/daemon_pod.h"
#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

inline constexpr const char* kDaemonSets = "daemonsets.apps";

/// Failed pods of a node are replaced after 1 s, 2 s, … 15 minutes from the last time, the first at
/// once. What is remembered is lost with the process: that costs one replacement too early.
class FailureBackoff {
 public:
  /// When the next one may be replaced, where that is not now.
  std::optional<WallTime> held_until(const std::string& key, WallTime now) const;
  void note(const std::string& key, WallTime now);

 private:
  struct Entry {
    Seconds wait{1};
    WallTime last;
  };
  std::map<std::string, Entry> entries_;
};
/// As the backoff of a node is called.
std::string backoff_key(const Json& set, const std::string& node);

struct DaemonRemoval {
  store::Object pod;
  std::string reason, message;  // of an event beforehand; empty for none
  std::string failed_on;        // the node whose backoff this makes longer
};
struct DaemonPlan {
  std::vector<std::string> create;  // names of nodes
  std::vector<DaemonRemoval> remove;
  std::optional<WallTime> next;  // when to look again though nothing changes
  bool empty() const { return create.empty() && remove.empty(); }
};

/// One pod on each node that gets one. `pods`: the set's own; `hash`: the current revision's.
DaemonPlan plan_daemons(const Json& set, const std::vector<store::Object>& nodes,
                        const std::vector<store::Object>& pods, const std::string& hash,
                        const FailureBackoff& backoff, WallTime now);
/// The next step from old pods to current ones, where that is not left to who deletes them. To be
/// asked for when plan_daemons() wants nothing.
DaemonPlan plan_daemon_rollout(const Json& set, const std::vector<store::Object>& nodes,
                               const std::vector<store::Object>& pods, const std::string& hash,
                               WallTime now);

/// The new .status.
Json daemon_status(const Json& set, const std::vector<store::Object>& nodes,
                   const std::vector<store::Object>& pods, const std::string& hash, WallTime now);

}  // namespace podrun::controllers
