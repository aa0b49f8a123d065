// Acts on what node_health.h decides, for one node at a time.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "supervisor/api/client.h"
#include "supervisor/controllers/node_health.h"
#include "supervisor/controllers/replica_controller.h"
#include "supervisor/store/store.h"

namespace podrun::controllers {

/// Where nodes' heartbeats are.
inline constexpr const char* kLeases = "leases.coordination.k8s.io";
inline constexpr const char* kLeaseNamespace = "kube-node-lease";

class NodeController {
 public:
  NodeController(api::Client& client, NodeFigures figures) : client_(client), figures_(figures) {}

  /// Which node was heard of, where the change is a heartbeat; the time that counts is that of
  /// seeing it, so that clocks of other machines do not matter.
  std::optional<std::string> observe(const store::Change& change, Moment now);
  /// Brings conditions and taints to what is known, and sends pods away whose time has come.
  /// Returns when to look again. A node that was never heard of counts as heard of now.
  NextLook sync(const store::ObjectKey& key, Moment now, WallTime wall);
  /// Pods that come to this node may have to go.
  bool drives_pods_away(const std::string& node) const { return driving_.contains(node); }

 private:
  Moment deadline_of(const Json& node, const std::string& name, Moment now);
  void lose(const store::Object& node, WallTime now);
  Eviction eviction(Moment now);
  void remember_taints(const store::Object& node, WallTime now);
  NextLook evict(const store::Object& node, WallTime now);
  void tell_cancelled(const std::set<std::string>& uids, const std::vector<store::Object>& pods);
  void evict_pod(const store::Object& pod, WallTime now);
  void make_unready(const std::vector<store::Object>& pods, WallTime now);

  api::Client& client_;
  NodeFigures figures_;
  std::map<std::string, Moment> heard_;                                // by node
  std::map<std::string, std::map<std::string, WallTime>> first_seen_;  // taints, by node
  std::map<std::string, std::set<std::string>> driving_;  // by node: pods that have to go later
  std::set<std::string> registered_;                      // nodes that were told of
};

}  // namespace podrun::controllers
