#include "supervisor/controllers/scheduler.h"

#include "supervisor/controllers/events.h"
#include "supervisor/scheduling/decision.h"

namespace podrun::controllers {
namespace {

using store::ObjectKey;

// An API that refuses is asked again this much later.
constexpr Seconds kRetry{1};

/// It has no node, and it is ours to find it one.
bool is_pending(const Json& pod) {
  if (!text_at(pod, {"spec", "nodeName"}).empty() || is_being_deleted(pod)) return false;
  const std::string& phase = text_at(pod, {"status", "phase"});
  if (phase == "Succeeded" || phase == "Failed") return false;
  const Json* gates = find(pod, {"spec", "schedulingGates"});
  if (gates != nullptr && !gates->empty()) return false;
  const std::string& name = text_at(pod, {"spec", "schedulerName"});
  return name.empty() || name == kSchedulerName;
}

const Json& labels_of(const Json& object) {
  static const Json none;
  const Json* labels = find(object, {"metadata", "labels"});
  return labels == nullptr ? none : *labels;
}

/// False where it says so already.
bool set_unschedulable(Json& pod, const std::string& message, WallTime now) {
  Json condition = {{"lastProbeTime", nullptr}, {"lastTransitionTime", rfc3339(now)},
                    {"message", message},       {"reason", "Unschedulable"},
                    {"status", "False"},        {"type", "PodScheduled"}};
  Json& conditions = pod["status"]["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  for (Json& each : conditions) {
    if (text_at(each, {"type"}) != "PodScheduled") continue;
    if (text_at(each, {"message"}) == message && text_at(each, {"status"}) == "False") return false;
    if (text_at(each, {"status"}) == "False") {
      condition["lastTransitionTime"] = each["lastTransitionTime"];
    }
    each = std::move(condition);
    return true;
  }
  conditions.push_back(std::move(condition));
  return true;
}

}  // namespace

void Scheduler::start() {
  cluster_ = scheduling::Cluster();
  queue_ = scheduling::Queue();
  for (const store::Object& each : client_.list("namespaces")) {
    cluster_.set_namespace(each.key.name, labels_of(*each.json));
  }
  for (const store::Object& each : client_.list("nodes")) cluster_.set_node(*each.json);
  unread_ = client_.list("pods");
}

std::optional<Moment> Scheduler::next_deadline() const {
  return unread_.empty() ? queue_.next_deadline() : Moment{};
}

void Scheduler::on_change(const store::Change& change) {
  const ObjectKey& key = change.object.key;
  const bool deleted = change.kind == store::ChangeKind::kDeleted;
  if (key.resource == "pods") {
    if (deleted) {
      drop_pod(key);
    } else {
      see_pod(change.object);
    }
  } else if (key.resource == "nodes") {
    if (deleted) {
      cluster_.remove_node(key.name);
    } else if (cluster_.set_node(*change.object.json)) {
      queue_.wake(clock_.now());
    }
  } else if (key.resource == "namespaces") {
    if (deleted) {
      cluster_.remove_namespace(key.name);
    } else {
      cluster_.set_namespace(key.name, labels_of(*change.object.json));
    }
  }
}

/// A change is told after its commit: what was bound meanwhile is in the cluster already.
void Scheduler::see_pod(const store::Object& pod) {
  const store::Object* current = client_.get(pod.key);
  const Json& json = current == nullptr ? *pod.json : *current->json;
  if (is_pending(json)) {
    // What has a place under its name is a predecessor, which is gone.
    leave_place(pod.key);
    queue_.add(pod.key, number_at(json, {"spec", "priority"}));
    return;
  }
  queue_.forget(pod.key);
  heed(cluster_.set_pod(json));
}

void Scheduler::heed(scheduling::Effect effect) {
  if (effect == scheduling::Effect::kFreed) queue_.wake(clock_.now());
  if (effect == scheduling::Effect::kCame) queue_.wake_company();
}

void Scheduler::drop_pod(const ObjectKey& key) {
  // Its name may be another's by now, which is told, too.
  if (client_.get(key) != nullptr) return;
  queue_.forget(key);
  leave_place(key);
}

void Scheduler::leave_place(const ObjectKey& key) {
  if (cluster_.remove_pod(key.namespace_, key.name)) heed(scheduling::Effect::kFreed);
}

void Scheduler::run(Moment end) {
  for (; !unread_.empty(); unread_.pop_back()) {
    if (clock_.now() >= end) return;
    if (client_.get(unread_.back().key) != nullptr) see_pod(unread_.back());
  }
  do {
    const std::optional<ObjectKey> key = queue_.take(clock_.now());
    if (!key) return;
    schedule(*key);
  } while (clock_.now() < end);
}

void Scheduler::schedule(const ObjectKey& key) {
  const store::Object* found = client_.get(key);
  if (found == nullptr || !is_pending(*found->json)) {
    queue_.forget(key);
    return;
  }
  const store::Object pod = *found;
  const scheduling::PodFacts facts = scheduling::pod_facts(*pod.json);
  const scheduling::Decision decision = scheduling::choose_node(facts, cluster_);
  const Moment now = clock_.now();
  try {
    if (decision.node.empty()) {
      if (!facts.affinity.empty()) queue_.wants_company(key);
      if (queue_.refused(key, decision.message, now, now + scheduling::kFlush)) {
        tell_refused(pod, decision.message);
      }
    } else {
      bind(key, decision.node);
    }
  } catch (const api::ApiError& error) {
    queue_.refused(key, error.what(), now, now + kRetry);
  }
}

void Scheduler::bind(const ObjectKey& key, const std::string& node) {
  client_.assign(key, node);
  queue_.forget(key);
  const store::Object bound = *client_.get(key);
  heed(cluster_.set_pod(*bound.json));
  record_normal(client_, *bound.json, kSchedulerName, "Scheduled",
                "Successfully assigned " + key.namespace_ + "/" + key.name + " to " + node);
  on_bound_(key, node);
}

void Scheduler::tell_refused(const store::Object& pod, const std::string& message) {
  record_warning(client_, *pod.json, kSchedulerName, "FailedScheduling", message);
  Json changed = *pod.json;
  if (set_unschedulable(changed, message, clock_.wall())) {
    client_.update_status(pod.key, std::move(changed));
  }
}

}  // namespace podrun::controllers
