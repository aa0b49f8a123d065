// The nodes that were added to this machine: their records, and their agents' processes, which the
// daemon starts, adopts after its own restart, and starts again when they end. Agents outlive it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "supervisor/agent/node_record.h"
#include "supervisor/api/client.h"
#include "supervisor/node/reactor.h"
#include "supervisor/node/supervisor_handle.h"
#include "supervisor/pod/backoff.h"

namespace podrun::daemon {

struct AddedNodesOptions {
  pod::Roots roots;     // the daemon's
  std::string socket;   // where the agents find the API
  std::string program;  // podrun-daemon
  std::string version;
  bool allow_no_limits = false;
  Seconds renewal{10};  // of the nodes' Leases
  std::function<void(const std::string&)> log;
  /// Calls back when all that is written by now is kept (true), or was undone.
  std::function<void(std::function<void(bool)>)> after_commit;
};

class AddedNodes {
 public:
  /// `client` and `reactor` outlive it.
  AddedNodes(AddedNodesOptions options, api::Client& client, node::Reactor& reactor,
             const Clock& clock)
      : options_(std::move(options)), client_(client), reactor_(reactor), clock_(clock) {}
  AddedNodes(const AddedNodes&) = delete;
  AddedNodes& operator=(const AddedNodes&) = delete;

  /// Looks after the agents of all recorded nodes. One that runs for another version of podrun, or
  /// with other folders than now, is started anew; the pods notice nothing.
  void start();
  /// Records a node and starts its agent, which registers it. `place.cgroup` is chosen here. Where
  /// that throws, there is no node.
  void add(pod::NodePlace place, std::map<std::string, std::string> labels);
  /// The Node is cordoned, the agent killed, then the pods; when nothing of them is left, the Node
  /// and its pods go from the API, and the record after them.
  void remove(const std::string& name);
  /// Throws ApiError 409 for a node that is being removed.
  void set_partitioned(const std::string& name, bool partitioned);

  bool contains(const std::string& name) const { return nodes_.contains(name); }
  /// Where the files of a pod are that is bound to `node`: the daemon's own folders for its own
  /// node. Throws ApiError 500 where the node cannot be reached.
  pod::Roots roots_of(const std::string& node) const;
  /// {"items": [{name, pid, partitioned, removing, said}]}
  store::Json list() const;

 private:
  struct Node {
    agent::NodeRecord record;
    node::SupervisorHandle process;  // the agent, or what cleans up after it
    bool cleaning = false;           // it is the latter
    bool starting = false;           // it is the agent's parent, and ends when the agent is there
    Moment started{};
    pod::Backoff backoff{{Seconds(1), Seconds(30), Seconds(60)}};
    node::Reactor::Watch timer;
  };
  agent::NodeRecord current(agent::NodeRecord record) const;
  void remove_remains(const std::string& name) const;
  void take_over(const std::string& name, const agent::NodeRecord& before);
  void cordon(const std::string& name);
  Node& require(const std::string& name);
  void look_after(Node& node);
  void try_to_look_after(Node& node);
  void look_again(Node& node, Nanoseconds delay);
  void spawn(Node& node);
  void watch(Node& node, node::SupervisorHandle process);
  void adopt_orphans_again(Node& node);
  void on_end(Node& node);
  void on_started(Node& node);
  void forget(Node& node);
  void finish_removal(const std::string& name);
  void remove_objects(const std::string& name);

  AddedNodesOptions options_;
  api::Client& client_;
  node::Reactor& reactor_;
  const Clock& clock_;
  std::map<std::string, std::unique_ptr<Node>> nodes_;  // listed until nothing is left of them
  int starting_ = 0;
};

}  // namespace podrun::daemon
