#include "supervisor/api/protobuf_fields.h"

#include <algorithm>
#include <iterator>

namespace podrun::api::protobuf {
namespace {

struct KindMessage {
  std::string_view api_version, kind;
  const Message* message;
};

constexpr KindMessage kKinds[] = {
    {"v1", "Namespace", &kNamespace},
    {"v1", "Secret", &kSecret},
    {"v1", "ConfigMap", &kConfigMap},
    {"v1", "ServiceAccount", &kServiceAccount},
    {"v1", "Service", &kService},
    {"v1", "Pod", &kPod},
    {"v1", "PodTemplate", &kPodTemplate},
    {"v1", "ReplicationController", &kReplicationController},
    {"v1", "Event", &kEvent},
    {"v1", "Binding", &kBinding},
    {"v1", "Node", &kNode},
    {"v1", "Endpoints", &kEndpoints},
    {"apps/v1", "Deployment", &kDeployment},
    {"apps/v1", "ReplicaSet", &kReplicaSet},
    {"apps/v1", "DaemonSet", &kDaemonSet},
    {"batch/v1", "Job", &kJob},
    {"batch/v1", "CronJob", &kCronJob},
    {"batch/v1beta1", "CronJob", &kCronJob},
    {"policy/v1", "Eviction", &kEviction},
    {"authentication.k8s.io/v1", "TokenRequest", &kTokenRequest},
    {"authentication.k8s.io/v1", "SelfSubjectReview", &kSelfSubjectReview},
    {"authorization.k8s.io/v1", "LocalSubjectAccessReview", &kLocalSubjectAccessReview},
    {"authorization.k8s.io/v1", "SelfSubjectAccessReview", &kSelfSubjectAccessReview},
    {"authorization.k8s.io/v1", "SelfSubjectRulesReview", &kSelfSubjectRulesReview},
    {"authorization.k8s.io/v1", "SubjectAccessReview", &kSubjectAccessReview},
    {"autoscaling/v1", "Scale", &kScale},
    {"coordination.k8s.io/v1", "Lease", &kLease},
    {"events.k8s.io/v1", "Event", &kEventsEvent},
    {"discovery.k8s.io/v1", "EndpointSlice", &kEndpointSlice},
};

}  // namespace

const Field* Message::field(std::uint64_t number) const {
  const auto found = std::lower_bound(
      fields.begin(), fields.end(), number,
      [](const Field& field, std::uint64_t wanted) { return field.number < wanted; });
  return found != fields.end() && found->number == number ? &*found : nullptr;
}

const Message* message_of(std::string_view api_version, std::string_view kind) {
  // meta/v1's kinds are registered with every group's version.
  if (kind == "DeleteOptions") return &kDeleteOptions;
  const auto found =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const KindMessage& known) {
        return known.api_version == api_version && known.kind == kind;
      });
  return found == std::end(kKinds) ? nullptr : found->message;
}

}  // namespace podrun::api::protobuf
