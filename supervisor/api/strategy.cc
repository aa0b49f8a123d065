#include "supervisor/api/strategy.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "supervisor/manifest/json.h"
#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/pod.h"

namespace podrun::api {
namespace {

using store::Json;

/// Kinds whose spec is counted in metadata.generation.
constexpr std::array kGenerations = std::to_array<std::string_view>(
    {"pods", "replicationcontrollers", "replicasets.apps", "deployments.apps", "daemonsets.apps",
     "jobs.batch", "cronjobs.batch"});
constexpr std::array kWithStatus = std::to_array<std::string_view>(
    {"pods", "replicationcontrollers", "replicasets.apps", "deployments.apps", "namespaces",
     "nodes", "services", "daemonsets.apps", "jobs.batch", "cronjobs.batch"});

template <std::size_t n>
bool is_one_of(const std::array<std::string_view, n>& set, std::string_view resource) {
  return std::find(set.begin(), set.end(), resource) != set.end();
}

void copy_field(Json& to, const Json& from, const char* name) {
  if (from.contains(name)) {
    to[name] = from[name];
  } else {
    to.erase(name);
  }
}

Json first_pod_status(const Json& pod) {
  const std::string qos =
      manifest::to_string(manifest::qos_class(manifest::pod_from_json(pod).spec));
  Json status = {{"phase", "Pending"}, {"qosClass", qos}};
  const Json& spec = pod.at("spec");
  const auto gates = spec.find("schedulingGates");
  if (gates != spec.end() && !gates->empty()) {
    status["conditions"] =
        Json::array({{{"lastProbeTime", nullptr},
                      {"message", "Scheduling is blocked due to non-empty scheduling gates"},
                      {"reason", "SchedulingGated"},
                      {"status", "False"},
                      {"type", "PodScheduled"}}});
  }
  return status;
}

Json first_status(const std::string& resource, const Json& object) {
  if (resource == "pods") return first_pod_status(object);
  if (resource == "namespaces") return {{"phase", "Active"}};
  if (resource == "replicationcontrollers" || resource == "replicasets.apps") {
    return {{"replicas", 0}};
  }
  if (resource == "daemonsets.apps") {
    return {{"currentNumberScheduled", 0},
            {"desiredNumberScheduled", 0},
            {"numberMisscheduled", 0},
            {"numberReady", 0}};
  }
  if (resource == "services") return {{"loadBalancer", Json::object()}};
  return Json::object();
}

/// A namespace's finalizer holds it until it is empty.
void hold_namespace(Json& object) {
  Json& finalizers = object["spec"]["finalizers"];
  if (!finalizers.is_array() || finalizers.empty()) finalizers = Json::array({"kubernetes"});
}

/// Both have their fields in canonical order, which comparing them takes.
bool same_spec(const Json& a, const Json& b) {
  const auto spec = [](const Json& object) { return object.value("spec", Json()); };
  return spec(a) == spec(b);
}

/// Go writes this field's zero as null; decoding drops nulls.
void complete_conditions(Json& object) {
  if (!object.contains("status") || !object["status"].contains("conditions")) return;
  for (Json& condition : object["status"]["conditions"]) {
    if (!condition.contains("lastProbeTime")) condition["lastProbeTime"] = nullptr;
  }
}

/// apiserver/pkg/registry/rest/update.go: a client cannot write these.
void keep_metadata(Json& object, const Json& old) {
  Json& meta = object["metadata"];
  for (const char* field : {"name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
                            "deletionGracePeriodSeconds", "generation", "selfLink"}) {
    copy_field(meta, old["metadata"], field);
  }
}

}  // namespace

bool has_status(const std::string& resource) { return is_one_of(kWithStatus, resource); }

void prepare_create(const std::string& resource, Json& object, const NewObject& given) {
  Json& meta = object["metadata"];
  for (const char* field : {"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink",
                            "generation", "resourceVersion"}) {
    meta.erase(field);
  }
  if (given.namespace_.empty()) {
    meta.erase("namespace");
  } else {
    meta["namespace"] = given.namespace_;
  }
  meta["uid"] = given.uid;
  meta["creationTimestamp"] = rfc3339(given.now);
  if (is_one_of(kGenerations, resource)) meta["generation"] = 1;
  if (resource == "namespaces") hold_namespace(object);
  // A node brings its status with it (registry/core/node/strategy.go).
  const bool has_own = resource == "nodes" && object.contains("status");
  if (has_status(resource) && !has_own) object["status"] = first_status(resource, object);
  manifest::sort_object(object);
}

void prepare_update(const std::string& resource, Part part, Json& object, const Json& old) {
  keep_metadata(object, old);
  if (part == Part::kStatus) {
    Json updated = old;
    copy_field(updated, object, "status");
    if (resource == "pods") complete_conditions(updated);
    // Metadata may come along, but for what decides who owns and ends the object.
    updated["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"];
    object = std::move(updated);
    manifest::sort_object(object);
    return;
  }
  if (has_status(resource)) copy_field(object, old, "status");
  manifest::sort_object(object);
  if (is_one_of(kGenerations, resource) && !same_spec(object, old)) {
    object["metadata"]["generation"] = old["metadata"].value("generation", std::int64_t{0}) + 1;
    manifest::sort_object(object);
  }
}

}  // namespace podrun::api
