#include "controllers_fake_api.h"

#include <memory>

#include "supervisor/api/generate_name.h"

namespace podrun::controllers::test {

using store::ChangeKind;
using store::Object;
using store::ObjectKey;

ResourceTypes served_types() {
  return {{"pods", "", "Pod", true},
          {"replicationcontrollers", "", "ReplicationController", true},
          {"replicasets.apps", "apps", "ReplicaSet", true},
          {"deployments.apps", "apps", "Deployment", true},
          {"daemonsets.apps", "apps", "DaemonSet", true},
          {"jobs.batch", "batch", "Job", true},
          {"cronjobs.batch", "batch", "CronJob", true},
          {"controllerrevisions.apps", "apps", "ControllerRevision", true},
          {"configmaps", "", "ConfigMap", true},
          {"serviceaccounts", "", "ServiceAccount", true},
          {"namespaces", "", "Namespace", false},
          {"nodes", "", "Node", false}};
}

ObjectKey pod_key(const std::string& name, const std::string& namespace_) {
  return {"pods", namespace_, name};
}
ObjectKey rc_key(const std::string& name, const std::string& namespace_) {
  return {"replicationcontrollers", namespace_, name};
}
ObjectKey rs_key(const std::string& name, const std::string& namespace_) {
  return {"replicasets.apps", namespace_, name};
}

// ---- reading

const Object* FakeApi::get(const ObjectKey& key) const {
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : &found->second;
}

std::vector<Object> FakeApi::list(const std::string& resource,
                                  const std::string& namespace_) const {
  std::vector<Object> found;
  for (auto each = objects_.lower_bound({resource, namespace_, ""}); each != objects_.end();
       ++each) {
    if (each->first.resource != resource) break;
    if (!namespace_.empty() && each->first.namespace_ != namespace_) break;
    found.push_back(each->second);
  }
  return found;
}

const Object& FakeApi::require(const ObjectKey& key) const {
  if (const Object* object = get(key)) return *object;
  throw api::ApiError(404, "NotFound", key.resource + " \"" + key.name + "\" not found");
}

// ---- writing

void FakeApi::guard(const std::string& verb, const ObjectKey& key) {
  if (before_write) before_write(verb, key);
  ++writes;
}

void FakeApi::check(const Object& present, const std::string& uid, const std::string& version) {
  if ((uid.empty() || uid == uid_of(*present.json)) &&
      (version.empty() || version == std::to_string(present.revision))) {
    return;
  }
  throw api::ApiError(409, "Conflict", "the object has been modified");
}

Object FakeApi::put(const ObjectKey& key, Json json) {
  json["metadata"]["resourceVersion"] = std::to_string(++revision_);
  const Object object{key, revision_, std::make_shared<const Json>(std::move(json)), nullptr};
  const Object* present = get(key);
  store::Change change{ChangeKind::kAdded, object, std::nullopt};
  if (present != nullptr) {
    change.kind = ChangeKind::kModified;
    change.previous = *present;
  }
  changes.push_back(change);
  objects_[key] = object;
  return object;
}

void FakeApi::erase(const ObjectKey& key) {
  Object object = require(key);
  const Object previous = object;
  object.revision = ++revision_;
  objects_.erase(key);
  changes.push_back({ChangeKind::kDeleted, object, previous});
}

Object FakeApi::put_or_end(const ObjectKey& key, Json json) {
  const bool is_held = find(json, {"metadata", "finalizers"}) != nullptr ||
                       number_at(json, {"metadata", "deletionGracePeriodSeconds"}) > 0 ||
                       find(json, {"spec", "finalizers"}) != nullptr;
  const Object stored = put(key, std::move(json));
  if (is_being_deleted(*stored.json) && !is_held) erase(key);
  return stored;
}

std::string FakeApi::next_name() {
  return api::random_suffix(
      [this] { return random_ = random_ * 1664525U + 1013904223U, random_ >> 8; });
}

Object FakeApi::create(const std::string& resource, const std::string& namespace_, Json object) {
  Json& meta = object["metadata"];
  guard("create", {resource, namespace_, meta.value("name", "")});
  if (!meta.contains("name")) {
    meta["name"] = meta.at("generateName").get<std::string>() + next_name();
  }
  const ObjectKey key{resource, namespace_, meta["name"].get<std::string>()};
  if (get(key) != nullptr) throw api::ApiError(409, "AlreadyExists", key.name + " already exists");
  if (!namespace_.empty()) meta["namespace"] = namespace_;
  meta["uid"] = "uid-" + std::to_string(++uids_);
  meta["creationTimestamp"] = rfc3339(clock_.wall());
  meta["generation"] = 1;
  object.erase("status");
  if (resource == "namespaces") object["spec"]["finalizers"] = Json::array({"kubernetes"});
  if (resource == "pods") object["status"] = {{"phase", "Pending"}};
  return put(key, std::move(object));
}

Object FakeApi::update(const ObjectKey& key, Json object) {
  guard("update", key);
  const Object present = require(key);
  check(present, uid_of(object), text_at(object, {"metadata", "resourceVersion"}));
  const Json& old = *present.json;
  Json& meta = object["metadata"];
  for (const char* field : {"uid", "creationTimestamp", "deletionTimestamp", "generation",
                            "deletionGracePeriodSeconds"}) {
    meta.erase(field);
    if (old["metadata"].contains(field)) meta[field] = old["metadata"][field];
  }
  object.erase("status");
  if (old.contains("status")) object["status"] = old["status"];
  if (object.value("spec", Json()) != old.value("spec", Json())) {
    meta["generation"] = number_at(old, {"metadata", "generation"}) + 1;
  }
  return put_or_end(key, std::move(object));
}

Object FakeApi::update_status(const ObjectKey& key, Json object) {
  guard("status", key);
  const Object present = require(key);
  check(present, uid_of(object), text_at(object, {"metadata", "resourceVersion"}));
  Json changed = *present.json;
  changed["status"] = object["status"];
  return put(key, std::move(changed));
}

void FakeApi::assign(const ObjectKey& key, const std::string& node) {
  guard("assign", key);
  Json bound = *require(key).json;
  if (!text_at(bound, {"spec", "nodeName"}).empty()) {
    throw api::ApiError(409, "Conflict", "pod " + key.name + " is already assigned to a node");
  }
  bound["spec"]["nodeName"] = node;
  bound["status"]["conditions"] = Json::array({{{"type", "PodScheduled"}, {"status", "True"}}});
  put(key, std::move(bound));
}

namespace {

/// The end of the grace period moves with it, as in the API (rest.BeforeDelete).
void end_grace(Json& meta) {
  const Json has = {{"metadata", meta}};
  const auto end = time_at(has, {"metadata", "deletionTimestamp"});
  if (!end) return;
  meta["deletionTimestamp"] =
      rfc3339(*end - Seconds(number_at(has, {"metadata", "deletionGracePeriodSeconds"})));
  meta["deletionGracePeriodSeconds"] = 0;
}

}  // namespace

void FakeApi::remove(const ObjectKey& key, const api::DeleteOptions& options) {
  guard("delete", key);
  const Object present = require(key);
  check(present, options.uid, options.resource_version);
  if (on_remove) on_remove(present);
  Json object = *present.json;
  Json& meta = object["metadata"];
  if (options.propagation_policy == "Orphan") meta["finalizers"].push_back("orphan");
  if (options.propagation_policy == "Foreground" && !has_finalizer(object, "foregroundDeletion")) {
    meta["finalizers"].push_back("foregroundDeletion");
  }
  const bool is_running = key.resource == "pods" && find(object, {"spec", "nodeName"}) != nullptr;
  const std::int64_t grace = is_running ? options.grace_period_seconds.value_or(30) : 0;
  if (!meta.contains("deletionTimestamp")) {
    meta["deletionTimestamp"] = rfc3339(clock_.wall() + Seconds(grace));
    meta["deletionGracePeriodSeconds"] = grace;
  } else if (grace == 0) {
    end_grace(meta);
  }
  if (key.resource == "namespaces") object["status"]["phase"] = "Terminating";
  put_or_end(key, std::move(object));
}

void FakeApi::record(const api::EventRecord& event) {
  events.push_back(event.type + " " + event.reason + " " + event.message);
}

void FakeApi::edit(const ObjectKey& key, const std::function<void(Json&)>& change) {
  Json object = *require(key).json;
  const Json spec = object.value("spec", Json());
  change(object);
  if (object.value("spec", Json()) != spec) {
    object["metadata"]["generation"] = number_at(object, {"metadata", "generation"}) + 1;
  }
  put_or_end(key, std::move(object));
}

void FakeApi::confirm_deletion(const ObjectKey& key) {
  edit(key, [](Json& pod) {
    const std::string& phase = text_at(pod, {"status", "phase"});
    if (phase != "Succeeded" && phase != "Failed") pod["status"]["phase"] = "Failed";
    end_grace(pod["metadata"]);
  });
}

// ---- objects

Json make_pod(const std::string& name, const std::string& app) {
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", {{"name", name}, {"labels", {{"app", app}}}}},
          {"spec", {{"containers", Json::array({{{"name", "c"}, {"image", "kubia"}}})}}}};
}

namespace {

Json make_replicas(const std::string& name, const std::string& app, int replicas) {
  Json pod = make_pod("", app);
  pod["metadata"].erase("name");
  return {{"metadata", {{"name", name}}},
          {"spec",
           {{"replicas", replicas},
            {"template", {{"metadata", pod["metadata"]}, {"spec", pod["spec"]}}}}}};
}

}  // namespace

Json make_rc(const std::string& name, const std::string& app, int replicas) {
  Json object = {{"apiVersion", "v1"}, {"kind", "ReplicationController"}};
  object.update(make_replicas(name, app, replicas));
  object["spec"]["selector"] = {{"app", app}};
  return object;
}

Json make_rs(const std::string& name, const std::string& app, int replicas) {
  Json object = {{"apiVersion", "apps/v1"}, {"kind", "ReplicaSet"}};
  object.update(make_replicas(name, app, replicas));
  object["spec"]["selector"] = {
      {"matchExpressions",
       Json::array({{{"key", "app"}, {"operator", "In"}, {"values", Json::array({app})}}})}};
  return object;
}

void set_ready(Json& pod, bool ready, WallTime since) {
  pod["status"]["phase"] = "Running";
  pod["status"]["conditions"] = Json::array({{{"type", "Ready"},
                                              {"status", ready ? "True" : "False"},
                                              {"lastTransitionTime", rfc3339(since)}}});
}

}  // namespace podrun::controllers::test
