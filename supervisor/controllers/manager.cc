#include "supervisor/controllers/manager.h"

#include <exception>
#include <utility>

#include "supervisor/controllers/time_zone.h"

namespace podrun::controllers {
namespace {

using store::ChangeKind;
using store::ObjectKey;

constexpr int kConflict = 409;
constexpr Seconds kHousekeeping{20};
constexpr Seconds kClockJump{1};
constexpr const char* kDeployments = "deployments.apps";
constexpr const char* kReplicaResources[] = {kReplicationController.resource, kReplicaSet.resource};

bool is_replica_resource(const std::string& resource) {
  return resource == kReplicationController.resource || resource == kReplicaSet.resource;
}

bool differ(const Json& a, const Json& b, const char* field) {
  const Json* left = find(a, {"metadata", field});
  const Json* right = find(b, {"metadata", field});
  if (left == nullptr || right == nullptr) return left != right;
  return *left != *right;
}

/// A node came or went, or other pods may run on it now.
bool is_another_place(const store::Change& change) {
  if (!change.previous || change.kind == ChangeKind::kDeleted) return true;
  const Json& before = *change.previous->json;
  const Json& now = *change.object.json;
  const Json* was = find(before, {"spec", "taints"});
  const Json* is = find(now, {"spec", "taints"});
  const bool same_taints = (was == nullptr || is == nullptr) ? was == is : *was == *is;
  return !same_taints || differ(before, now, "labels");
}

}  // namespace

Manager::Manager(api::Client& client, const Clock& clock, ResourceTypes types,
                 ManagerOptions options)
    : client_(client),
      clock_(clock),
      types_(std::move(types)),
      options_(std::move(options)),
      replication_controllers_(client, kReplicationController),
      replica_sets_(client, kReplicaSet),
      deployments_(client),
      daemon_sets_(client),
      jobs_(client),
      garbage_(client, types_),
      cron_jobs_(
          client, [this](const std::string& uid) { return garbage_.owned_by(uid); }, zone_named),
      namespaces_(client, types_, options_.root_ca),
      events_(client, options_.event_life),
      pods_(client, options_.finished_pods),
      nodes_(client, options_.nodes),
      queue_(options_.backoff) {}

// ---- what changed, and whom it concerns

void Manager::on_change(const store::Change& change) {
  note_clock();
  const ObjectKey& key = change.object.key;
  look_at_garbage(garbage_.observe(change));
  if (key.resource == "pods") on_pod(change);
  if (is_replica_resource(key.resource)) look_at(Worker::kReplicas, key);
  if (key.resource == kReplicaSet.resource) on_replica_set(change);
  if (key.resource == kDeployments) look_at(Worker::kDeployment, key);
  if (key.resource == kDaemonSets) look_at(Worker::kDaemonSet, key);
  if (key.resource == kJobs) on_job(change);
  if (key.resource == kCronJobs) look_at(Worker::kCronJob, key);
  if (key.resource == kControllerRevisions) on_revision(change);
  if (key.resource == "namespaces") look_at(Worker::kNamespace, key);
  if (key.resource == "nodes" || key.resource == kLeases) on_node(change);
  if (!key.namespace_.empty()) on_namespaced(change);
}

/// A heartbeat of a node that is well postpones its deadline, and nothing is done.
void Manager::on_node(const store::Change& change) {
  const ObjectKey& key = change.object.key;
  const std::optional<std::string> heard = nodes_.observe(change, clock_.now());
  if (key.resource == "nodes") {
    look_at(Worker::kNode, key);
    const bool ready = change.kind != ChangeKind::kDeleted && is_node_ready(*change.object.json);
    const bool was_ready = change.previous && is_node_ready(*change.previous->json);
    // Whether pods are evicted from lost nodes depends on the others.
    if (ready != was_ready) look_at_nodes();
    if (is_another_place(change)) look_at_daemon_sets();
  } else if (heard) {
    const store::Object* node = client_.get({"nodes", "", *heard});
    if (node != nullptr && !is_node_ready(*node->json)) look_at(Worker::kNode, node->key);
  }
}

void Manager::look_at_daemon_sets() {
  for (const store::Object& each : client_.list(kDaemonSets)) {
    look_at(Worker::kDaemonSet, each.key);
  }
}

/// And at what is left of those that are gone.
void Manager::look_at_jobs() {
  for (const store::Object& each : client_.list(kJobs)) look_at(Worker::kJob, each.key);
  for (const store::Object& each : client_.list("namespaces")) {
    look_at(Worker::kJob, {kJobs, each.key.name, ""});
  }
}

/// What the user wants is looked at now; what the controller itself has written, with its pods.
void Manager::on_job(const store::Change& change) {
  const ObjectKey& key = change.object.key;
  look_at_owner(*change.object.json, key.namespace_);
  const bool is_news = !change.previous || change.kind == ChangeKind::kDeleted ||
                       differ(*change.previous->json, *change.object.json, "generation") ||
                       differ(*change.previous->json, *change.object.json, "deletionTimestamp");
  if (is_news) {
    look_at(Worker::kJob, key);
  } else {
    look_at_job_soon(key);
  }
}

/// A Job whose pods end by the hundred a second does not look at all of them for each.
void Manager::look_at_job_soon(const ObjectKey& key) {
  queue_.add_at({Worker::kJob, key}, clock_.now() + options_.job_batch);
}

void Manager::look_at_cron_jobs() {
  for (const store::Object& each : client_.list(kCronJobs)) look_at(Worker::kCronJob, each.key);
}

/// Schedules are by the clock on the wall, which can be set; a node's heartbeat comes by often
/// enough to notice.
void Manager::note_clock() {
  const Nanoseconds ahead = clock_.wall().time_since_epoch() - clock_.now().time_since_epoch();
  if (std::chrono::abs(ahead - wall_ahead_) < kClockJump) return;
  wall_ahead_ = ahead;
  look_at_cron_jobs();
}

void Manager::on_revision(const store::Change& change) {
  const store::Object& revision = change.object;
  look_at_owner(*revision.json, revision.key.namespace_);
  look_at_matching(revision, kDaemonSets);
}

void Manager::look_at_nodes() {
  for (const store::Object& each : client_.list("nodes")) look_at(Worker::kNode, each.key);
}

void Manager::on_pod(const store::Change& change) {
  const store::Object& pod = change.object;
  const std::string& node = text_at(*pod.json, {"spec", "nodeName"});
  if (!node.empty() && nodes_.drives_pods_away(node)) look_at(Worker::kNode, {"nodes", "", node});
  look_at_owner(*pod.json, pod.key.namespace_);
  look_at_recreating(*pod.json, pod.key.namespace_);
  if (change.previous) {
    const Json& before = *change.previous->json;
    const bool moved =
        differ(before, *pod.json, "ownerReferences") || differ(before, *pod.json, "labels");
    if (!moved) return;
    look_at_owner(before, pod.key.namespace_);
  }
  for (const char* resource : kReplicaResources) look_at_matching(pod, resource);
  look_at_matching(pod, kDaemonSets);
  look_at_matching(pod, kJobs);
}

void Manager::on_replica_set(const store::Change& change) {
  const store::Object& set = change.object;
  look_at_owner(*set.json, set.key.namespace_);
  if (change.previous) look_at_owner(*change.previous->json, set.key.namespace_);
  look_at_matching(set, kDeployments);
}

/// A namespace that is being deleted waits for this object to go; one that lives misses its
/// account or its certificate.
void Manager::on_namespaced(const store::Change& change) {
  const bool root_ca =
      change.object.key.resource == "configmaps" && change.object.key.name == kRootCaName;
  if (change.kind != ChangeKind::kDeleted && !root_ca) return;
  const ObjectKey key{"namespaces", "", change.object.key.namespace_};
  const store::Object* space = client_.get(key);
  if (space == nullptr) return;
  if (is_being_deleted(*space->json) || root_ca ||
      change.object.key.resource == "serviceaccounts") {
    look_at(Worker::kNamespace, key);
  }
}

void Manager::look_at_owner(const Json& object, const std::string& namespace_) {
  const Json* reference = controller_ref(object);
  if (reference == nullptr) return;
  const std::optional<ObjectKey> key = owner_key(types_, *reference, namespace_);
  if (!key) return;
  if (is_replica_resource(key->resource)) look_at(Worker::kReplicas, *key);
  if (key->resource == kDeployments) look_at(Worker::kDeployment, *key);
  if (key->resource == kDaemonSets) look_at(Worker::kDaemonSet, *key);
  if (key->resource == kJobs) look_at_job_soon(*key);
  if (key->resource == kCronJobs) look_at(Worker::kCronJob, *key);
}

/// An orphan may be adopted by any controller that selects it.
void Manager::look_at_matching(const store::Object& orphan, const char* resource) {
  if (controller_ref(*orphan.json) != nullptr) return;
  const Worker worker = worker_of(resource);
  for (const store::Object& each : client_.list(resource, orphan.key.namespace_)) {
    if (Selector::of(*each.json).matches(*orphan.json)) look_at(worker, each.key);
  }
}

/// A Deployment that re-creates waits for the last of its old pods, which its sets no longer count.
void Manager::look_at_recreating(const Json& pod, const std::string& namespace_) {
  const Json* reference = controller_ref(pod);
  if (reference == nullptr || text_at(*reference, {"kind"}) != kReplicaSet.kind) return;
  const std::optional<ObjectKey> key = owner_key(types_, *reference, namespace_);
  const store::Object* set = key ? client_.get(*key) : nullptr;
  reference = set == nullptr ? nullptr : controller_ref(*set->json);
  if (reference == nullptr) return;
  const std::optional<ObjectKey> owner = owner_key(types_, *reference, namespace_);
  const store::Object* deployment = owner ? client_.get(*owner) : nullptr;
  if (deployment != nullptr && owner->resource == kDeployments && !is_rolling(*deployment->json)) {
    look_at(Worker::kDeployment, *owner);
  }
}

Manager::Worker Manager::worker_of(const std::string& resource) {
  if (is_replica_resource(resource)) return Worker::kReplicas;
  if (resource == kJobs) return Worker::kJob;
  return resource == kDaemonSets ? Worker::kDaemonSet : Worker::kDeployment;
}

void Manager::look_at(Worker worker, const ObjectKey& key) {
  queue_.add({worker, key}, clock_.now());
}

void Manager::look_at_garbage(const std::vector<ObjectKey>& keys) {
  for (const ObjectKey& key : keys) look_at(Worker::kGarbage, key);
}

// ---- figures

const char* Manager::name_of(Worker worker) {
  switch (worker) {
    case Worker::kNamespace:
      return "namespace";
    case Worker::kReplicas:
      return "replicas";
    case Worker::kDeployment:
      return "deployment";
    case Worker::kGarbage:
      return "garbage_collector";
    case Worker::kEvents:
      return "event_expiry";
    case Worker::kPods:
      return "pod_garbage";
    case Worker::kDaemonSet:
      return "daemon_set";
    case Worker::kJob:
      return "job";
    case Worker::kCronJob:
      return "cron_job";
    case Worker::kNode:
      break;
  }
  return "node_lifecycle";
}

std::map<std::string, Manager::Figures> Manager::figures() const {
  std::map<std::string, Figures> all;
  for (const Worker worker : {Worker::kNamespace, Worker::kReplicas, Worker::kDeployment,
                              Worker::kGarbage, Worker::kEvents, Worker::kPods, Worker::kNode,
                              Worker::kDaemonSet, Worker::kJob, Worker::kCronJob}) {
    const auto found = figures_.find(worker);
    Figures figures = found == figures_.end() ? Figures() : found->second;
    figures.depth = queue_.count_if([&](const Task& task) { return task.worker == worker; });
    all[name_of(worker)] = figures;
  }
  return all;
}

// ---- looking

std::optional<Moment> Manager::next_deadline() const {
  const std::optional<Moment> due = queue_.next_deadline();
  return due ? std::min(*due, next_resync_) : next_resync_;
}

void Manager::run_once(Moment now) {
  note_clock();
  if (now >= next_resync_) resync(now);
  for (std::size_t i = 0; i < options_.most_per_run; ++i) {
    const std::optional<Task> task = queue_.take(now);
    if (!task) return;
    perform(*task, now);
    queue_.done(*task);
  }
}

void Manager::resync(Moment now) {
  try {
    namespaces_.ensure_defaults();
    next_resync_ = now + options_.resync;
  } catch (const api::ApiError& error) {
    options_.on_failure(std::string("default namespaces: ") + error.what());
    next_resync_ = now + Seconds(1);
  }
  look_at_garbage(garbage_.reread());
  for (const char* resource : kReplicaResources) {
    for (const store::Object& each : client_.list(resource)) look_at(Worker::kReplicas, each.key);
  }
  for (const store::Object& each : client_.list(kDeployments)) {
    look_at(Worker::kDeployment, each.key);
  }
  look_at_nodes();
  look_at_daemon_sets();
  look_at_jobs();
  look_at_cron_jobs();
  for (const store::Object& each : client_.list("namespaces")) {
    look_at(Worker::kNamespace, each.key);
  }
  // Each looks at thousands of objects, perhaps, and neither is in a hurry: a start is.
  queue_.add_at({Worker::kEvents, {"events", "", ""}}, now + kHousekeeping);
  queue_.add_at({Worker::kPods, {"pods", "", ""}}, now + kHousekeeping);
}

void Manager::perform(const Task& task, Moment now) {
  ++figures_[task.worker].looks;
  try {
    dispatch(task, now);
    queue_.forget(task);
  } catch (const api::ApiError& error) {
    ++figures_[task.worker].failures;
    queue_.add_after_failure(task, now);
    if (error.code() != kConflict) {
      options_.on_failure(task.key.resource + " " + task.key.namespace_ + "/" + task.key.name +
                          ": " + error.what());
    }
  } catch (const std::exception& error) {
    // An object that is not as its kind should be must not end the daemon.
    ++figures_[task.worker].failures;
    queue_.add_after_failure(task, now);
    options_.on_failure(task.key.resource + " " + task.key.namespace_ + "/" + task.key.name + ": " +
                        error.what());
  }
}

void Manager::dispatch(const Task& task, Moment now) {
  const WallTime wall = clock_.wall();
  NextLook next;
  switch (task.worker) {
    case Worker::kNamespace:
      namespaces_.sync(task.key, wall);
      break;
    case Worker::kReplicas:
      next = task.key.resource == kReplicaSet.resource
                 ? replica_sets_.sync(task.key, wall)
                 : replication_controllers_.sync(task.key, wall);
      break;
    case Worker::kDeployment:
      next = deployments_.sync(task.key, wall);
      break;
    case Worker::kGarbage:
      look_at_garbage(garbage_.sync(task.key));
      break;
    case Worker::kEvents:
      next = events_.sync(wall);
      break;
    case Worker::kPods:
      next = pods_.sync(wall);
      break;
    case Worker::kDaemonSet:
      next = daemon_sets_.sync(task.key, wall);
      break;
    case Worker::kJob:
      next = jobs_.sync(task.key, wall);
      break;
    case Worker::kCronJob:
      next = cron_jobs_.sync(task.key, wall);
      break;
    case Worker::kNode:
      next = nodes_.sync(task.key, now, wall);
      break;
  }
  if (next) queue_.add_at(task, now + std::max(Nanoseconds(0), *next - wall));
}

}  // namespace podrun::controllers
