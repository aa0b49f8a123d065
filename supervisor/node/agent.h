// The node: what a kubelet does. It registers the machine and has a podrun-pod run each pod that is
// bound to it; it acts on the API through api::Client alone.
//
// Single-threaded: everything is called from the reactor's thread. It is level-triggered:
// pod_changed() only says where to look.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cgroups/layout.h"
#include "supervisor/api/client.h"
#include "supervisor/node/heart.h"
#include "supervisor/node/node_object.h"
#include "supervisor/node/pod_unit.h"
#include "supervisor/node/reactor.h"
#include "supervisor/scheduling/cluster.h"

namespace podrun::node {

struct AgentOptions {
  pod::Roots roots;
  pod::NodePlace place = {};                       // of one of several nodes of this machine
  std::map<std::string, std::string> labels = {};  // that a new Node has
  std::string program;                             // pod::find_program("podrun-pod")
  std::string version;                             // podrun's own
  bool allow_no_limits = false;
  Seconds renewal = kLeaseRenewal;  // of the Lease
  /// What an operator should read; may be empty.
  std::function<void(const std::string&)> log;
  /// Where service accounts' tokens come from; may be empty.
  IssueToken issue_token = {};
};

class NodeAgent {
 public:
  NodeAgent(AgentOptions options, api::Client& client, Reactor& reactor, const Clock& clock);
  ~NodeAgent();  // every pod goes on running
  NodeAgent(const NodeAgent&) = delete;
  NodeAgent& operator=(const NodeAgent&) = delete;

  /// Registers the node, adopts what an earlier daemon left, and looks at every pod. This process
  /// becomes the reaper of orphans below it.
  void start();
  /// A pod was created, changed or removed (told after the commit): looked at once the current
  /// callback of the reactor is over.
  void pod_changed(const std::string& namespace_, const std::string& name);
  /// Looks at what was marked within this call: a pod that has just been bound does not wait for
  /// the commit of that.
  void look_now() { look_at_marked(); }
  /// The API was away and is back: tells it what is, and looks at everything.
  void resync();
  /// A ConfigMap, Secret or ServiceAccount of this namespace was created, changed or removed.
  void config_changed(const std::string& namespace_);

  /// As the Node object is named.
  const std::string& node_name() const { return context_.node_name; }
  /// The supervisor of a pod that runs here, for exec and for tests.
  std::optional<pid_t> supervisor_of(const std::string& uid) const;

 private:
  void adopt_folders();
  void look_at_all();
  void mark(const store::ObjectKey& key);
  void look_at_marked();
  void look_soon();
  void look_at(const store::ObjectKey& key);
  void settle(const std::string& uid, const store::ObjectKey& key);
  bool act(const Decision& decision, PodUnit& unit, const std::optional<store::Object>& pod);
  bool admit(PodUnit& unit, const store::Object& pod);
  void see_node();
  void look_at_room();
  void note_room(const std::string& uid, const store::ObjectKey& key,
                 const std::optional<store::Object>& pod);
  bool finish_deletion(PodUnit& unit, const std::optional<store::Object>& pod);
  std::optional<store::Object> find_pod(const store::ObjectKey& key, const std::string& uid) const;

  AgentOptions options_;
  api::Client& client_;
  Reactor& reactor_;
  const Clock& clock_;
  HostFacts host_;
  cgroups::Layout layout_;
  FolderWatch folders_;
  UnitContext context_;
  Heart heart_;
  std::map<std::string, std::unique_ptr<PodUnit>> units_;     // by uid
  std::map<store::ObjectKey, std::set<std::string>> by_key_;  // a name may be used again
  std::set<std::string> admitted_;                            // uids that count for the node
  scheduling::Cluster room_;                                  // this node with those
  std::int64_t room_revision_ = 0;                            // of its Node
  std::set<store::ObjectKey> marked_;                         // to be looked at
  std::set<store::ObjectKey> turn_;                           // before those
  Reactor::Watch soon_;
};

}  // namespace podrun::node
