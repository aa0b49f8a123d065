#include "supervisor/api/served.h"

#include <algorithm>
#include <iterator>

namespace podrun::api {
namespace {

constexpr std::string_view kAll = "create delete deletecollection get list patch update watch";
constexpr std::string_view kChange = "get patch update";
constexpr ServedSubresource kStatus{"status", "", "", "", kChange};
constexpr ServedSubresource kScaleSubresource{"scale", "Scale", "autoscaling", "v1", kChange};

constexpr std::string_view kV1[] = {"v1"};
constexpr std::string_view kAppsAll[] = {"v1", "v1beta2", "v1beta1"};
constexpr std::string_view kAppsSets[] = {"v1", "v1beta2"};  // apps/v1beta1 had no such
constexpr std::string_view kBeta[] = {"v1beta1"};
constexpr std::string_view kCronVersions[] = {"v1", "v1beta1"};

constexpr ServedSubresource kNamespaceSubs[] = {{"finalize", "", "", "", "update"}, kStatus};
constexpr ServedSubresource kStatusOnly[] = {kStatus};
constexpr ServedSubresource kPodSubs[] = {
    {"attach", "PodAttachOptions", "", "", "create get"},
    {"binding", "Binding", "", "", "create"},
    {"ephemeralcontainers", "Pod", "", "", kChange},
    {"eviction", "Eviction", "policy", "v1", "create"},
    {"exec", "PodExecOptions", "", "", "create get"},
    {"log", "Pod", "", "", "get"},
    {"portforward", "PodPortForwardOptions", "", "", "create get"},
    {"resize", "Pod", "", "", kChange},
    kStatus,
};
constexpr ServedSubresource kScaled[] = {kScaleSubresource, kStatus};
constexpr ServedSubresource kAccountSubs[] = {
    {"token", "TokenRequest", "authentication.k8s.io", "v1", "create"}};

constexpr ServedResource kResources[] = {
    {"", kV1, "bindings", "binding", "Binding", "", "", true, "create", {}, ""},
    {"", kV1, "configmaps", "configmap", "ConfigMap", "cm", "", true, kAll, {}, ""},
    {"", kV1, "endpoints", "endpoints", "Endpoints", "ep", "", true, kAll, {}, ""},
    {"", kV1, "events", "event", "Event", "ev", "", true, kAll, {}, ""},
    {"", kV1, "namespaces", "namespace", "Namespace", "ns", "", false,
     "create delete get list patch update watch", kNamespaceSubs, ""},
    {"", kV1, "nodes", "node", "Node", "no", "", false, kAll, kStatusOnly, ""},
    {"", kV1, "pods", "pod", "Pod", "po", "all", true, kAll, kPodSubs, ""},
    {"", kV1, "replicationcontrollers", "replicationcontroller", "ReplicationController", "rc",
     "all", true, kAll, kScaled, ""},
    {"", kV1, "secrets", "secret", "Secret", "", "", true, kAll, {}, ""},
    {"", kV1, "serviceaccounts", "serviceaccount", "ServiceAccount", "sa", "", true, kAll,
     kAccountSubs, ""},
    {"", kV1, "services", "service", "Service", "svc", "all", true, kAll, kStatusOnly, ""},
    {"apps",
     kAppsAll,
     "controllerrevisions",
     "controllerrevision",
     "ControllerRevision",
     "",
     "",
     true,
     kAll,
     {},
     ""},
    {"apps", kAppsSets, "daemonsets", "daemonset", "DaemonSet", "ds", "all", true, kAll,
     kStatusOnly, ""},
    {"apps", kAppsAll, "deployments", "deployment", "Deployment", "deploy", "all", true, kAll,
     kScaled, ""},
    {"apps", kAppsSets, "replicasets", "replicaset", "ReplicaSet", "rs", "all", true, kAll, kScaled,
     ""},
    {"authentication.k8s.io",
     kV1,
     "selfsubjectreviews",
     "selfsubjectreview",
     "SelfSubjectReview",
     "",
     "",
     false,
     "create",
     {},
     ""},
    {"authorization.k8s.io",
     kV1,
     "localsubjectaccessreviews",
     "localsubjectaccessreview",
     "LocalSubjectAccessReview",
     "",
     "",
     true,
     "create",
     {},
     ""},
    {"authorization.k8s.io",
     kV1,
     "selfsubjectaccessreviews",
     "selfsubjectaccessreview",
     "SelfSubjectAccessReview",
     "",
     "",
     false,
     "create",
     {},
     ""},
    {"authorization.k8s.io",
     kV1,
     "selfsubjectrulesreviews",
     "selfsubjectrulesreview",
     "SelfSubjectRulesReview",
     "",
     "",
     false,
     "create",
     {},
     ""},
    {"authorization.k8s.io",
     kV1,
     "subjectaccessreviews",
     "subjectaccessreview",
     "SubjectAccessReview",
     "",
     "",
     false,
     "create",
     {},
     ""},
    {"batch", kCronVersions, "cronjobs", "cronjob", "CronJob", "cj", "all", true, kAll, kStatusOnly,
     ""},
    {"batch", kV1, "jobs", "job", "Job", "", "all", true, kAll, kStatusOnly, ""},
    {"coordination.k8s.io", kV1, "leases", "lease", "Lease", "", "", true, kAll, {}, ""},
    {"discovery.k8s.io",
     kV1,
     "endpointslices",
     "endpointslice",
     "EndpointSlice",
     "",
     "",
     true,
     kAll,
     {},
     ""},
    {"events.k8s.io", kV1, "events", "event", "Event", "ev", "", true, kAll, {}, "core"},
    // Without category and short names: `kubectl get all` shows each object once, and `get rs` does
    // not warn that it could mean these.
    {"extensions", kBeta, "daemonsets", "daemonset", "DaemonSet", "", "", true, kAll, kStatusOnly,
     "apps"},
    {"extensions", kBeta, "deployments", "deployment", "Deployment", "", "", true, kAll, kScaled,
     "apps"},
    {"extensions", kBeta, "replicasets", "replicaset", "ReplicaSet", "", "", true, kAll, kScaled,
     "apps"},
};

template <typename Matches>
const ServedResource* find(std::string_view group, std::string_view version,
                           const Matches& matches) {
  const auto* const found =
      std::find_if(std::begin(kResources), std::end(kResources), [&](const ServedResource& served) {
        return served.group == group && matches(served) && served.serves(version);
      });
  return found == std::end(kResources) ? nullptr : found;
}

}  // namespace

bool ServedResource::serves(std::string_view version) const {
  return std::find(versions.begin(), versions.end(), version) != versions.end();
}

const ServedSubresource* ServedResource::subresource(std::string_view name) const {
  const auto found =
      std::find_if(subresources.begin(), subresources.end(),
                   [&](const auto& subresource) { return subresource.name == name; });
  return found == subresources.end() ? nullptr : &*found;
}

std::string ServedResource::key() const {
  const std::string_view stored = stored_group.empty() ? group : stored_group;
  std::string text(resource);
  if (!stored.empty() && stored != "core") text += "." + std::string(stored);
  return text;
}

std::span<const ServedResource> served_resources() { return kResources; }

const ServedResource* find_served(std::string_view group, std::string_view version,
                                  std::string_view resource) {
  return find(group, version, [&](const auto& served) { return served.resource == resource; });
}

const ServedResource* find_served_kind(std::string_view group, std::string_view version,
                                       std::string_view kind) {
  return find(group, version, [&](const auto& served) { return served.kind == kind; });
}

}  // namespace podrun::api
