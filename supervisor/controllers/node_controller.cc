#include "supervisor/controllers/node_controller.h"

#include <algorithm>

#include "supervisor/controllers/events.h"

namespace podrun::controllers {
namespace {

constexpr const char* kComponent = "node-controller";
constexpr const char* kEvictor = "taint-eviction-controller";
constexpr int kNotFound = 404, kConflict = 409;

const std::string& heartbeat_of(const Json& node) {
  static const std::string none;
  const Json* ready = condition_of(node, "Ready");
  return ready == nullptr ? none : text_at(*ready, {"lastHeartbeatTime"});
}

/// What changed meanwhile, or went, is looked at again when that is told.
template <typename Act>
bool unless_changed(Act act) {
  try {
    act();
    return true;
  } catch (const api::ApiError& error) {
    if (error.code() != kNotFound && error.code() != kConflict) throw;
    return false;
  }
}

std::vector<store::Object> pods_on(const api::Client& client, const std::string& node) {
  std::vector<store::Object> pods = client.list("pods");
  std::erase_if(pods, [&](const store::Object& pod) {
    const std::string& phase = text_at(*pod.json, {"status", "phase"});
    return text_at(*pod.json, {"spec", "nodeName"}) != node || phase == "Succeeded" ||
           phase == "Failed";
  });
  return pods;
}

void tell_of(api::Client& client, const Json& node, const char* reason, const std::string& what) {
  record_normal(client, node, kComponent, reason, "Node " + name_of(node) + " event: " + what);
}

NextLook earlier(NextLook one, NextLook other) {
  if (!one || !other) return one ? one : other;
  return std::min(*one, *other);
}

}  // namespace

std::optional<std::string> NodeController::observe(const store::Change& change, Moment now) {
  const store::ObjectKey& key = change.object.key;
  const bool deleted = change.kind == store::ChangeKind::kDeleted;
  if (key.resource == "nodes") {
    if (deleted) {
      heard_.erase(key.name);
      first_seen_.erase(key.name);
      driving_.erase(key.name);
      if (registered_.erase(key.name) > 0) {
        tell_of(client_, *change.object.json, "RemovingNode",
                "Removing Node " + key.name + " from Controller");
      }
      return std::nullopt;
    }
    const std::string& beat = heartbeat_of(*change.object.json);
    if (change.previous && beat == heartbeat_of(*change.previous->json)) return std::nullopt;
  } else if (key.resource != kLeases || key.namespace_ != kLeaseNamespace || deleted) {
    return std::nullopt;
  }
  heard_[key.name] = now;
  return key.name;
}

Moment NodeController::deadline_of(const Json& node, const std::string& name, Moment now) {
  const auto heard = heard_.try_emplace(name, now).first->second;
  return heard + (has_reported(node) ? figures_.grace : figures_.startup_grace);
}

NextLook NodeController::sync(const store::ObjectKey& key, Moment now, WallTime wall) {
  const store::Object* found = client_.get(key);
  if (found == nullptr) return std::nullopt;
  if (registered_.insert(key.name).second) {
    tell_of(client_, Json(*found->json), "RegisteredNode",
            "Registered Node " + key.name + " in Controller");
    found = client_.get(key);
    if (found == nullptr) return std::nullopt;
  }
  const Moment deadline = deadline_of(*found->json, key.name, now);
  if (deadline <= now) lose(store::Object(*found), wall);
  found = client_.get(key);
  if (found == nullptr) return std::nullopt;
  const store::Object node = *found;
  // Most looks are at nodes that are well, for which the others do not matter.
  const Eviction others = is_node_ready(*node.json) ? Eviction::kAllowed : eviction(now);
  Json taints = wanted_taints(*node.json, others, wall);
  const Json* present = find(*node.json, {"spec", "taints"});
  if (!same_value(taints, present == nullptr ? Json::array() : *present)) {
    Json changed = *node.json;
    if (taints.empty()) {
      changed["spec"].erase("taints");
    } else {
      changed["spec"]["taints"] = std::move(taints);
    }
    client_.update(key, std::move(changed));
  }
  found = client_.get(key);
  if (found == nullptr) return std::nullopt;
  const NextLook evictions = evict(store::Object(*found), wall);
  // A lost node is looked at when it is heard of, or an eviction is due.
  if (deadline <= now) return evictions;
  return earlier(wall + (deadline - now), evictions);
}

void NodeController::lose(const store::Object& node, WallTime now) {
  Json status = lost_status(*node.json, now);
  if (same_value(status, node.json->value("status", Json()))) return;
  const bool was_ready = is_node_ready(*node.json);
  Json changed = *node.json;
  changed["status"] = std::move(status);
  client_.update_status(node.key, std::move(changed));
  if (!was_ready) return;
  record_normal(client_, *node.json, kComponent, "NodeNotReady",
                "Node " + node.key.name + " status is now: NodeNotReady");
}

Eviction NodeController::eviction(Moment now) {
  std::int64_t ready = 0, not_ready = 0;
  for (const store::Object& each : client_.list("nodes")) {
    // Several that are lost at once are looked at one by one: each counts from its deadline on.
    const bool is_lost = deadline_of(*each.json, each.key.name, now) <= now;
    ++(is_node_ready(*each.json) && !is_lost ? ready : not_ready);
  }
  return eviction_of(ready, not_ready);
}

void NodeController::remember_taints(const store::Object& node, WallTime now) {
  std::map<std::string, WallTime> seen;
  auto& before = first_seen_[node.key.name];
  for (const scheduling::Taint& taint : scheduling::taints_of(*node.json)) {
    const std::string name = taint_name(taint);
    const auto known = before.find(name);
    seen[name] = known == before.end() ? now : known->second;
  }
  before = std::move(seen);
}

NextLook NodeController::evict(const store::Object& node, WallTime now) {
  remember_taints(node, now);
  const std::vector<Drive> drives = drives_of(*node.json, first_seen_[node.key.name]);
  const bool is_lost = has_reported(*node.json) && !is_node_ready(*node.json);
  const auto before = driving_.extract(node.key.name);
  if (drives.empty() && !is_lost && (before.empty() || before.mapped().empty())) {
    return std::nullopt;
  }
  const std::vector<store::Object> pods = pods_on(client_, node.key.name);
  if (is_lost) make_unready(pods, now);
  NextLook next;
  std::set<std::string> planned, kept;
  for (const store::Object& pod : pods) {
    const std::optional<WallTime> when = eviction_time(*pod.json, drives);
    if (when) kept.insert(uid_of(*pod.json));
    if (!when || is_being_deleted(*pod.json)) continue;
    if (*when <= now) {
      evict_pod(pod, now);
    } else {
      planned.insert(uid_of(*pod.json));
      next = earlier(next, when);
    }
  }
  if (!before.empty()) {
    std::set<std::string>& old = before.mapped();
    std::erase_if(old, [&](const std::string& uid) { return kept.contains(uid); });
    tell_cancelled(old, pods);
  }
  if (!drives.empty() || is_lost) driving_[node.key.name] = std::move(planned);
  return next;
}

/// The taint went, or is tolerated now, before the time of these had come.
void NodeController::tell_cancelled(const std::set<std::string>& uids,
                                    const std::vector<store::Object>& pods) {
  for (const store::Object& pod : pods) {
    if (!uids.contains(uid_of(*pod.json)) || is_being_deleted(*pod.json)) continue;
    record_normal(client_, *pod.json, kEvictor, "TaintManagerEviction",
                  "Cancelling deletion of Pod " + pod.key.namespace_ + "/" + pod.key.name);
  }
}

void NodeController::make_unready(const std::vector<store::Object>& pods, WallTime now) {
  for (const store::Object& pod : pods) {
    std::optional<Json> changed = made_unready(*pod.json, now);
    if (!changed) continue;
    const bool done = unless_changed([&] { client_.update_status(pod.key, std::move(*changed)); });
    if (done) {
      record_warning(client_, *pod.json, kComponent, "NodeNotReady", "Node is not ready");
    }
  }
}

void NodeController::evict_pod(const store::Object& pod, WallTime now) {
  unless_changed([&] {
    const store::Object* present = client_.get(pod.key);
    if (present == nullptr || uid_of(*present->json) != uid_of(*pod.json)) return;
    record_normal(client_, *pod.json, kEvictor, "TaintManagerEviction",
                  "Marking for deletion Pod " + pod.key.namespace_ + "/" + pod.key.name);
    client_.update_status(pod.key, marked_for_eviction(*client_.get(pod.key)->json, now));
    api::DeleteOptions options;
    options.uid = uid_of(*pod.json);
    client_.remove(pod.key, options);
  });
}

}  // namespace podrun::controllers
