#include "supervisor/api/deletion.h"

#include <algorithm>
#include <chrono>

#include "supervisor/manifest/json_access.h"

namespace podrun::api {
namespace {

using store::Json;

constexpr const char* kOrphan = "orphan";
constexpr const char* kForeground = "foregroundDeletion";

bool has_finalizers(const Json& object) {
  const Json& meta = object.at("metadata");
  return meta.contains("finalizers") && !meta["finalizers"].empty();
}

bool is_namespace_held(const std::string& resource, const Json& object) {
  return resource == "namespaces" && object.contains("spec") &&
         object["spec"].contains("finalizers") && !object["spec"]["finalizers"].empty();
}

bool is_marked(const Json& object) { return object.at("metadata").contains("deletionTimestamp"); }

/// DefaultGarbageCollectionPolicy of the kind's strategy.go: what its v1 has always done.
bool orphans_by_default(const std::string& resource) {
  return resource == "replicationcontrollers" || resource == "jobs.batch";
}

/// The finalizer that the propagation policy asks for: with one of the two, the other goes.
void apply_propagation(const std::string& resource, const DeleteOptions& options, Json& object) {
  std::string policy = options.propagation_policy;
  Json& meta = object["metadata"];
  Json finalizers = meta.value("finalizers", Json::array());
  const auto has = [&](const char* name) {
    return std::find(finalizers.begin(), finalizers.end(), name) != finalizers.end();
  };
  if (policy.empty()) {
    if (has(kOrphan) || has(kForeground)) return;
    policy = orphans_by_default(resource) ? "Orphan" : "Background";
  }
  Json kept = Json::array();
  for (const Json& each : finalizers) {
    if (each != kOrphan && each != kForeground) kept.push_back(each);
  }
  if (policy == "Orphan") kept.push_back(kOrphan);
  if (policy == "Foreground") kept.push_back(kForeground);
  if (kept.empty()) {
    meta.erase("finalizers");
  } else {
    meta["finalizers"] = std::move(kept);
  }
}

/// registry/core/pod/strategy.go, CheckGracefulDelete.
std::int64_t pod_grace(const Json& pod, const DeleteOptions& options) {
  const Json spec = pod.value("spec", Json::object());
  std::int64_t grace = options.grace_period_seconds.value_or(
      spec.value("terminationGracePeriodSeconds", std::int64_t{30}));
  const std::string phase = pod.value("status", Json::object()).value("phase", "");
  if (spec.value("nodeName", "").empty() || phase == "Failed" || phase == "Succeeded") grace = 0;
  return grace < 0 ? 1 : grace;
}

void mark(Json& object, std::int64_t grace, WallTime now) {
  Json& meta = object["metadata"];
  // What counts no generations does not begin to (rest.BeforeDelete).
  const auto generation = meta.value("generation", std::int64_t{0});
  if (!is_marked(object) && generation > 0) meta["generation"] = generation + 1;
  meta["deletionTimestamp"] = rfc3339(now + std::chrono::seconds(grace));
  meta["deletionGracePeriodSeconds"] = grace;
}

}  // namespace

bool is_ready_to_go(const std::string& resource, const Json& object) {
  if (!is_marked(object) || has_finalizers(object) || is_namespace_held(resource, object))
    return false;
  return object["metadata"].value("deletionGracePeriodSeconds", std::int64_t{0}) == 0;
}

Deletion decide_deletion(const std::string& resource, const Json& object,
                         const DeleteOptions& options, WallTime now) {
  Deletion step{Deletion::Kind::kMark, object};
  apply_propagation(resource, options, step.object);
  const std::int64_t grace = resource == "pods" ? pod_grace(object, options) : 0;
  if (is_marked(object)) {
    const std::int64_t left =
        object["metadata"].value("deletionGracePeriodSeconds", std::int64_t{0});
    if (grace < left) {
      // The time runs from the first request.
      const WallTime end =
          parse_rfc3339(object["metadata"]["deletionTimestamp"].get<std::string>());
      mark(step.object, grace, end - std::chrono::seconds(left));
    }
  } else if (grace > 0 || has_finalizers(step.object) || is_namespace_held(resource, object)) {
    mark(step.object, grace, now);
    if (resource == "namespaces") step.object["status"]["phase"] = "Terminating";
  }
  manifest::sort_object(step.object);
  const bool held = has_finalizers(step.object) || is_namespace_held(resource, step.object);
  if (grace == 0 && !held) {
    step.kind = Deletion::Kind::kRemove;
  } else if (step.object == object) {
    step.kind = Deletion::Kind::kUnchanged;
  }
  return step;
}

}  // namespace podrun::api
