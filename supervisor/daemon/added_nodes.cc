#include "supervisor/daemon/added_nodes.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/last_line.h"
#include "base/uuid.h"
#include "supervisor/api/json_path.h"
#include "supervisor/pod/orphans.h"
#include "supervisor/pod/spawn.h"

namespace podrun::daemon {
namespace {

using store::Json;
using store::ObjectKey;

constexpr std::size_t kIdLength = 8;

std::string log_of(const agent::NodeRecord& record) {
  return record.roots().data_dir + "/agent.log";
}

}  // namespace

/// What of a record follows from the daemon that runs now.
agent::NodeRecord AddedNodes::current(agent::NodeRecord record) const {
  record.machine = options_.roots;
  record.socket = options_.socket;
  record.version = options_.version;
  record.renewal = options_.renewal;
  record.allow_no_limits = options_.allow_no_limits;
  return record;
}

/// What was killed before it had written the record, or while it removed it.
void AddedNodes::remove_remains(const std::string& name) const {
  agent::NodeRecord record = current({});
  record.place.name = name;
  for (const std::string& folder :
       {record.roots().run_dir, record.roots().log_dir, record.roots().data_dir}) {
    remove_tree(folder);
  }
}

void AddedNodes::start() {
  for (const std::string& name : agent::recorded_nodes(options_.roots.data_dir)) {
    const std::string file = options_.roots.data_dir + "/nodes/" + name + "/node.json";
    try {
      if (::access(file.c_str(), F_OK) != 0 && errno == ENOENT) {
        remove_remains(name);
      } else {
        take_over(name, agent::load(file));
      }
    } catch (const std::exception& error) {
      options_.log("node " + name + ": " + error.what());
    }
  }
}

void AddedNodes::take_over(const std::string& name, const agent::NodeRecord& before) {
  auto node = std::make_unique<Node>();
  node->record = current(before);
  auto [found, process] = node::SupervisorHandle::find(node->record.roots().run_dir);
  const bool changed = node->record.to_json() != before.to_json();
  if (changed) agent::save(node->record);
  Node& kept = *(nodes_[name] = std::move(node));
  if (found == node::Found::kRunning) {
    // One that is to go, or that was started for other words than now, is followed by another.
    if (changed || kept.record.removing) process.kill_supervisor();
    watch(kept, std::move(process));
  } else {
    try_to_look_after(kept);
  }
}

void AddedNodes::add(pod::NodePlace place, std::map<std::string, std::string> labels) {
  const std::string name = place.name;
  auto node = std::make_unique<Node>();
  node->record = current({});
  // Several daemons of one machine may have nodes of the same name.
  place.cgroup = "podrun/nodes/" + name + "-" + make_uuid().substr(0, kIdLength);
  node->record.place = std::move(place);
  node->record.labels = std::move(labels);
  // A removal that was killed, or failed, after the record had gone.
  if (::access(node->record.file().c_str(), F_OK) != 0) remove_remains(name);
  make_dirs(node->record.roots().run_dir, 0700);
  agent::save(node->record);
  try {
    look_after(*(nodes_[name] = std::move(node)));
  } catch (...) {
    // Whoever is told that it failed has no node to remove.
    nodes_.erase(name);
    remove_remains(name);
    throw;
  }
}

AddedNodes::Node& AddedNodes::require(const std::string& name) {
  const auto found = nodes_.find(name);
  if (found == nodes_.end()) {
    throw api::ApiError(404, "NotFound",
                        "no node \"" + name + "\" was added to this machine (podrun node add)");
  }
  return *found->second;
}

void AddedNodes::remove(const std::string& name) {
  Node& node = require(name);
  if (node.record.removing) return;
  node.record.removing = true;
  agent::save(node.record);
  cordon(name);
  if (node.starting) return;  // on_started() sees to it
  if (node.process.valid()) {
    node.process.kill_supervisor();  // also one that is stopped
  } else {
    look_again(node, Nanoseconds(0));
  }
}

void AddedNodes::set_partitioned(const std::string& name, bool partitioned) {
  const Node& node = require(name);
  if (node.record.removing) {
    throw api::ApiError(409, "Conflict", "the node \"" + name + "\" is being removed");
  }
  agent::set_partitioned(node.record, partitioned);
}

/// It stays Ready until its objects go, and nobody starts what would be bound to it.
void AddedNodes::cordon(const std::string& name) {
  try {
    const ObjectKey key{"nodes", "", name};
    const store::Object* present = client_.get(key);
    if (present == nullptr || api::bool_at(*present->json, "spec.unschedulable")) return;
    Json node = *present->json;
    node["spec"]["unschedulable"] = true;
    client_.update(key, std::move(node));
  } catch (const std::exception& error) {
    options_.log("node " + name + ": " + error.what());
  }
}

pod::Roots AddedNodes::roots_of(const std::string& node) const {
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) return options_.roots;
  if (agent::is_partitioned(found->second->record)) {
    throw api::ApiError(500, "InternalError",
                        "the node \"" + node +
                            "\" cannot be reached: it is partitioned (podrun node heal " + node +
                            ")");
  }
  return found->second->record.roots();
}

Json AddedNodes::list() const {
  Json items = Json::array();
  for (const auto& [name, node] : nodes_) {
    items.push_back({{"name", name},
                     {"pid", node->cleaning || node->starting ? -1 : node->process.pid()},
                     {"partitioned", agent::is_partitioned(node->record)},
                     {"removing", node->record.removing},
                     {"said", last_line(log_of(node->record))}});
  }
  return {{"items", std::move(items)}};
}

// ---- processes

void AddedNodes::look_again(Node& node, Nanoseconds delay) {
  node.timer = reactor_.call_after(delay, [this, &node] { try_to_look_after(node); });
}

void AddedNodes::try_to_look_after(Node& node) {
  try {
    look_after(node);
  } catch (const std::exception& error) {
    options_.log("node " + node.record.place.name + ": " + error.what());
    look_again(node, node.backoff.next(clock_.now(), clock_.now()) + Seconds(1));
  }
}

void AddedNodes::look_after(Node& node) {
  auto [found, process] = node::SupervisorHandle::find(node.record.roots().run_dir);
  switch (found) {
    case node::Found::kUnclear:
      return look_again(node, std::chrono::milliseconds(50));
    case node::Found::kRunning:
      if (node.record.removing) process.kill_supervisor();
      return watch(node, std::move(process));
    case node::Found::kNone:
    case node::Found::kOver:
      return spawn(node);
  }
}

void AddedNodes::spawn(Node& node) {
  // The agent may have registered it, or a commit of that been undone, since remove().
  if (node.record.removing) cordon(node.record.place.name);
  pod::DetachedStart start;
  start.program = options_.program;
  start.words = {"podrun-agent", "agent"};
  if (node.record.removing) start.words.emplace_back("--remove");
  start.words.push_back(node.record.file());
  start.log = log_of(node.record);
  node.cleaning = node.record.removing;
  node.starting = !node.cleaning;
  // Agents belong to the machine's first process, as they do when the daemon has been away.
  if (node.starting && starting_++ == 0) pod::adopt_orphans(false);
  try {
    watch(node, node::SupervisorHandle(pod::spawn_detached(start)));
  } catch (...) {
    node.cleaning = false;
    adopt_orphans_again(node);
    throw;
  }
}

void AddedNodes::adopt_orphans_again(Node& node) {
  if (std::exchange(node.starting, false) && --starting_ == 0) pod::adopt_orphans();
}

void AddedNodes::watch(Node& node, node::SupervisorHandle process) {
  node.process = std::move(process);
  node.started = clock_.now();
  node.process.watch(reactor_, [this, &node] { on_end(node); });
}

/// The agent's parent has done its part.
void AddedNodes::on_started(Node& node) {
  auto [found, process] = node::SupervisorHandle::find(node.record.roots().run_dir);
  if (found == node::Found::kRunning && !node.record.removing) {
    return watch(node, std::move(process));
  }
  look_again(node, node.backoff.next(node.started, clock_.now()));
}

void AddedNodes::on_end(Node& node) {
  const auto status = node.process.reap();
  const bool starting = node.starting;
  adopt_orphans_again(node);
  if (starting && status == ExitStatus()) return on_started(node);
  if (std::exchange(node.cleaning, false) && status == ExitStatus()) {
    // Not from within its own callback.
    node.timer = reactor_.call_after(Nanoseconds(0), [this, &node] { forget(node); });
    return;
  }
  const Moment now = clock_.now();
  const Seconds delay = node.backoff.next(node.started, now);
  if (!node.record.removing) {
    const std::string how = status ? " (" + std::to_string(status->shell_code()) + ")" : "";
    options_.log("the agent of node " + node.record.place.name + " ended" + how +
                 "; it is started again");
  }
  look_again(node, delay);
}

/// Nothing of it is left on this machine. The record goes last: where the daemon ends before that,
/// the next one finds it, and does this again.
void AddedNodes::forget(Node& node) {
  const std::string name = node.record.place.name;
  remove_objects(name);
  options_.after_commit([this, name](bool kept) {
    const auto found = nodes_.find(name);
    if (found == nodes_.end()) return;
    if (kept) return finish_removal(name);
    look_again(*found->second, Seconds(1));
  });
}

void AddedNodes::finish_removal(const std::string& name) {
  try {
    remove_tree(nodes_.at(name)->record.roots().data_dir);
  } catch (const std::exception& error) {
    // Without a record, a later start removes the rest.
    options_.log("node " + name + ": " + error.what());
  }
  nodes_.erase(name);
}

/// The Node first: no controller gives it pods anew.
void AddedNodes::remove_objects(const std::string& name) {
  const auto remove = [this](const ObjectKey& key) {
    api::DeleteOptions options;
    options.grace_period_seconds = 0;
    try {
      client_.remove(key, options);
    } catch (const api::ApiError& error) {
      if (error.code() != 404) options_.log(key.name + ": " + error.what());
    }
  };
  remove({"nodes", "", name});
  remove({"leases.coordination.k8s.io", "kube-node-lease", name});
  for (const store::Object& pod : client_.list("pods")) {
    if (api::text_at(*pod.json, "spec.nodeName") == name) remove(pod.key);
  }
}

}  // namespace podrun::daemon
