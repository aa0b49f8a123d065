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
    {"apps", "v1", "DaemonSet", &kDaemonSetType, "apps/v1", true, nullptr, admit_daemon_set},
    {"apps", "v1beta2", "DaemonSet", &kDaemonSetType, "apps/v1", true, nullptr, admit_daemon_set},
    {"extensions", "v1beta1", "DaemonSet", &kDaemonSetType, "apps/v1", true, nullptr,
     admit_daemon_set},
    {"batch", "v1", "Job", &kJobType, "batch/v1", true, nullptr, admit_job},
    {"batch", "v1", "CronJob", &kCronJobType, "batch/v1", true, nullptr, admit_cron_job},
    {"batch", "v1beta1", "CronJob", &kCronJobType, "batch/v1", true, nullptr, admit_cron_job},
    {"", "v1", "Namespace", &kNamespaceType, "v1", false, check_dns1123_label, admit_namespace},
    {"", "v1", "Node", &kNodeType, "v1", false, nullptr, admit_node},
    {"", "v1", "ConfigMap", &kConfigMapType, "v1", true, nullptr, admit_config_map},
    {"", "v1", "Secret", &kSecretType, "v1", true, nullptr, admit_secret},
    {"", "v1", "ServiceAccount", &kServiceAccountType, "v1"},
    {"", "v1", "Service", &kServiceType, "v1", true, check_dns1035_label, admit_service},
    {"", "v1", "Endpoints", &kEndpointsType, "v1", true, nullptr, admit_endpoints},
    {"discovery.k8s.io", "v1", "EndpointSlice", &kEndpointSliceType, "discovery.k8s.io/v1", true,
     nullptr, admit_endpoint_slice},
    {"", "v1", "Event", &kEventType, "v1", true, nullptr, admit_event},
    {"events.k8s.io", "v1", "Event", &kNewerEventType, "v1", true, nullptr, admit_newer_event},
    {"coordination.k8s.io", "v1", "Lease", &kLeaseType, "coordination.k8s.io/v1", true, nullptr,
     admit_lease},
    {"apps", "v1", "ControllerRevision", &kControllerRevisionType, "apps/v1", true, nullptr,
     admit_controller_revision},
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
