#include "supervisor/manifest/kinds.h"

#include "supervisor/manifest/kind_fields.h"

namespace podrun::manifest {

namespace {

constexpr KindRule kRules[] = {
    {"", "v1", "Pod", &kPodType, "v1", true, nullptr, admit_pod},
    {"", "v1", "ReplicationController", &kReplicationControllerType, "v1", true, nullptr,
     admit_replication_controller},
    {"apps", "v1", "ReplicaSet", &kReplicaSetType, "apps/v1", true, nullptr, admit_replica_set},
    {"apps", "v1beta2", "ReplicaSet", &kReplicaSetType, "apps/v1", true, nullptr,
     admit_replica_set},
    {"extensions", "v1beta1", "ReplicaSet", &kReplicaSetType, "apps/v1", true, nullptr,
     admit_replica_set},
    {"apps", "v1", "Deployment", &kDeploymentType, "apps/v1", true, nullptr, admit_deployment},
    {"apps", "v1beta1", "Deployment", &kDeploymentType, "apps/v1", true, nullptr, admit_deployment},
    {"apps", "v1beta2", "Deployment", &kDeploymentType, "apps/v1", true, nullptr, admit_deployment},
    {"extensions", "v1beta1", "Deployment", &kDeploymentType, "apps/v1", true, nullptr,
     admit_deployment},
};

}  // namespace

std::span<const KindRule> kind_rules() { return kRules; }

const KindRule* find_rule(const Kind& kind) {
  for (const KindRule& rule : kRules) {
    if (rule.kind == kind.kind && rule.version == kind.version && rule.group == kind.group) {
      return &rule;
    }
  }
  return nullptr;
}

std::string api_version(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : std::string(group).append("/").append(version);
}

}  // namespace podrun::manifest
