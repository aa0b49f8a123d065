// A Deployment and its ReplicaSets, pure: which of them is the new one, what a new one looks like,
// revisions. pkg/controller/deployment/util.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

inline constexpr const char* kTemplateHashLabel = "pod-template-hash";
inline constexpr const char* kRevision = "deployment.kubernetes.io/revision";
inline constexpr const char* kRevisionHistory = "deployment.kubernetes.io/revision-history";
inline constexpr const char* kDesiredReplicas = "deployment.kubernetes.io/desired-replicas";
inline constexpr const char* kMaxReplicas = "deployment.kubernetes.io/max-replicas";

std::int64_t replicas_of(const Json& object);  // spec.replicas; 1 where it is absent
bool is_rolling(const Json& deployment);
/// Pods above spec.replicas that a rollout may have, and available ones below it.
std::int64_t max_surge(const Json& deployment);
std::int64_t max_unavailable(const Json& deployment);

/// Of a pod template and the count of collisions: the same for equal templates whatever the order
/// of fields. Not Kubernetes' own value, which hashes Go's print of its types.
std::string template_hash(const Json& pod_template, std::int64_t collisions);
/// The templates are equal but for the hash label.
bool same_template(const Json& a, const Json& b);

/// Its ReplicaSets, the one of its present template apart.
struct ReplicaSets {
  std::optional<store::Object> latest;  // "the new one"
  std::vector<store::Object> old;       // oldest first
  std::vector<store::Object> all() const;
};
ReplicaSets split_sets(const Json& deployment, std::vector<store::Object> owned);

/// The ReplicaSet for the present template, without replicas and annotations.
Json new_set(const Json& deployment, const std::string& hash);

/// metadata.annotations' revision as a number; 0 where there is none.
std::int64_t revision_of(const Json& object);
/// The ReplicaSet with the Deployment's annotations and this revision, unless its own is higher;
/// a lower one goes into its history.
Json with_annotations(Json replica_set, const Json& deployment, std::int64_t revision);
/// The ReplicaSet at this size, annotated with what a scale-up of the Deployment is measured by.
Json with_size(Json replica_set, const Json& deployment, std::int64_t replicas);

/// Old ones that spec.revisionHistoryLimit no longer keeps: empty, and the oldest revisions first.
std::vector<store::Object> sets_to_forget(const Json& deployment, std::vector<store::Object> old);

}  // namespace podrun::controllers
