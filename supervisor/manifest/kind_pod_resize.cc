// The subresource `resize` of core/v1 Pod: what of a running pod's containers may change
// (pkg/registry/core/pod, dropNonResizeUpdates; pkg/apis/core/validation, ValidatePodResize).
#include <algorithm>
#include <array>

#include "supervisor/manifest/json.h"
#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/pod_template.h"

namespace podrun::manifest {

namespace {

using Quantities = std::map<std::string, Quantity>;

constexpr std::array kLists = {"containers", "initContainers"};
constexpr const char* kOnlyComputing = "only cpu and memory resources are mutable";

/// Whether the containers are those of before, in their order.
bool same_containers(const Path& path, const std::string& list, const Json& sent, const Json& old,
                     Report& report) {
  if (sent.size() != old.size()) {
    report.forbidden(path, list + " may not be added or removed on resize");
    return false;
  }
  bool same = true;
  for (std::size_t i = 0; i < old.size(); ++i) {
    if (text_at(sent[i], "name") == text_at(old[i], "name")) continue;
    report.forbidden(path[i] / "name", list + " may not be renamed or reordered on resize");
    same = false;
  }
  return same;
}

bool removed(const Quantities& before, const Quantities& after) {
  return std::any_of(before.begin(), before.end(),
                     [&](const auto& entry) { return after.count(entry.first) == 0; });
}

void check_removed(const Path& path, const ResourceRequirements& before,
                   const ResourceRequirements& after, Report& report) {
  if (removed(before.requests, after.requests)) {
    report.forbidden(path / "requests", "resource requests cannot be removed");
  }
  if (removed(before.limits, after.limits)) {
    report.forbidden(path / "limits", "resource limits cannot be removed");
  }
}

Quantities without_computing(Quantities quantities) {
  quantities.erase("cpu");
  quantities.erase("memory");
  return quantities;
}

bool same_policy(const Container& before, const Container& after) {
  return std::equal(
      before.resize_policy.begin(), before.resize_policy.end(), after.resize_policy.begin(),
      after.resize_policy.end(), [](const auto& a, const auto& b) {
        return a.resource_name == b.resource_name && a.restart_policy == b.restart_policy;
      });
}

/// Whether nothing but cpu and memory differs.
bool same_but_computing(const Container& before, const Container& after) {
  const ResourceRequirements &was = before.resources, &is = after.resources;
  return same_policy(before, after) &&
         without_computing(was.limits) == without_computing(is.limits) &&
         without_computing(was.requests) == without_computing(is.requests);
}

void check_init_containers(const Path& path, const PodSpec& before, const PodSpec& after,
                           Report& report) {
  for (std::size_t i = 0; i < before.init_containers.size(); ++i) {
    const Container &was = before.init_containers[i], &is = after.init_containers[i];
    if (was.restart_policy == "Always") {
      check_removed((path / "initContainers")[i] / "resources", was.resources, is.resources,
                    report);
      if (!same_but_computing(was, is)) {
        report.forbidden(path, "only cpu and memory resources for sidecar containers are mutable");
      }
    } else if (!same_policy(was, is) || was.resources.limits != is.resources.limits ||
               was.resources.requests != is.resources.requests) {
      report.forbidden(path, "resources for non-sidecar init containers are immutable");
    }
  }
}

/// A node shows that it can resize by telling what its running containers have.
bool node_can_resize(const Json& pod) {
  const Json* status = find(pod, "status");
  if (status == nullptr) return true;
  const Json& containers = list_at(*status, "containerStatuses");
  const auto running = std::find_if(containers.begin(), containers.end(), [](const Json& each) {
    return find(find(each, "state"), "running") != nullptr;
  });
  return running == containers.end() || find(*running, "resources") != nullptr;
}

void validate_resize(const Path& path, const Json& old, const PodSpec& after, Report& report) {
  const PodSpec before = pod_from_json(old).spec;
  if (qos_class(before) != qos_class(after)) {
    report.invalid(path, to_string(qos_class(before)),
                   "Pod QOS Class may not change as a result of resizing");
  }
  if (!node_can_resize(old)) {
    report.forbidden(path, "Pod running on node without support for resize");
  }
  for (std::size_t i = 0; i < before.containers.size(); ++i) {
    const Container &was = before.containers[i], &is = after.containers[i];
    check_removed((path / "containers")[i] / "resources", was.resources, is.resources, report);
    if (!same_but_computing(was, is)) report.forbidden(path, kOnlyComputing);
  }
  check_init_containers(path, before, after, report);
}

}  // namespace

Json resized_pod(const Path& path, const Json& sent, const Json& old, Report& report) {
  Json pod = old;
  if (const Json* meta = find(sent, "metadata")) {
    for (const char* field : {"name", "namespace", "uid", "resourceVersion", "managedFields"}) {
      if (const Json* given = find(*meta, field)) pod["metadata"][field] = *given;
    }
  }
  const Json* spec = find(sent, "spec");
  static const Json none = Json::object();
  if (spec == nullptr) spec = &none;
  for (const char* list : kLists) {
    const Json& given = list_at(*spec, list);
    if (!same_containers(path / "spec" / list, list, given, list_at(old["spec"], list), report)) {
      continue;
    }
    for (std::size_t i = 0; i < given.size(); ++i) {
      Json& container = pod["spec"][list][i];
      for (const char* field : {"resources", "resizePolicy"}) {
        container.erase(field);
        if (const Json* value = find(given[i], field)) container[field] = *value;
      }
    }
  }
  return pod;
}

void admit_pod_resize(Intake& in) {
  const Path path = in.path / "spec";
  if (const Json* meta = find(*in.old, "metadata");
      map_at(*meta, "annotations").count("kubernetes.io/config.mirror") != 0) {
    in.report.forbidden(in.path, "static pods cannot be resized");
    return;
  }
  Json& spec = object_at(in.object, "spec");
  if (const Json* own = find(spec, "resources"); own != nullptr && !own->empty()) {
    in.report.forbidden(in.path, "pods with pod-level resources cannot be resized");
    return;
  }
  const PodSpec after = admit_pod_spec(path, spec, in.report);
  sort_fields(spec);
  validate_resize(path, *in.old, after, in.report);
}

}  // namespace podrun::manifest
