// A node that was added to this machine: what its agent needs to know, and where its things are.
// <data-dir>/nodes/NAME/node.json, written by the daemon and read by the agent.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "supervisor/pod/node_place.h"
#include "supervisor/pod/paths.h"

namespace podrun::agent {

struct NodeRecord {
  pod::NodePlace place;
  std::map<std::string, std::string> labels;  // that its Node gets when it is registered
  pod::Roots machine;                         // the daemon's, below which the node has its own
  std::string socket;                         // where the API answers
  std::string version;                        // podrun's own
  bool allow_no_limits = false;
  Seconds renewal{10};    // of its Lease
  bool removing = false;  // it was told to go; whoever finds it so ends that

  std::string to_json() const;
  /// Throws Error where the text is no record.
  static NodeRecord from_json(const std::string& text);
  /// The node's own folders.
  pod::Roots roots() const;
  /// <data-dir>/nodes/NAME/node.json
  std::string file() const;
};

/// Writes it to its file, whose folder is made.
void save(const NodeRecord& record);
/// Names of the nodes below a data dir, sorted.
std::vector<std::string> recorded_nodes(const std::string& data_dir);
/// Throws Error where it is not there or damaged.
NodeRecord load(const std::string& file);

/// A partition is a file in the node's run dir: it ends with a reboot, as the pods do.
void set_partitioned(const NodeRecord& record, bool partitioned);
bool is_partitioned(const NodeRecord& record);

}  // namespace podrun::agent
