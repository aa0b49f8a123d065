#include "supervisor/client/kind.h"

#include <string>
#include <string_view>

namespace podrun::client {
namespace {

struct Row {
  std::string_view group, name;
  Kind kind;
};

constexpr Row kRows[] = {
    {"", "Pod", Kind::kPod},
    {"", "ReplicationController", Kind::kReplicationController},
    {"", "Node", Kind::kNode},
    {"", "Namespace", Kind::kNamespace},
    {"", "ConfigMap", Kind::kConfigMap},
    {"", "Secret", Kind::kSecret},
    {"", "Service", Kind::kService},
    {"", "Endpoints", Kind::kEndpoints},
    {"", "ServiceAccount", Kind::kServiceAccount},
    {"apps", "ReplicaSet", Kind::kReplicaSet},
    {"apps", "Deployment", Kind::kDeployment},
    {"apps", "DaemonSet", Kind::kDaemonSet},
    {"batch", "Job", Kind::kJob},
    {"batch", "CronJob", Kind::kCronJob},
    {"discovery.k8s.io", "EndpointSlice", Kind::kEndpointSlice},
};

}  // namespace

Kind kind_of(const api::Json& object) {
  const std::string version = api::text_at(object, "apiVersion");
  const auto slash = version.find('/');
  const std::string group = slash == std::string::npos ? "" : version.substr(0, slash);
  const std::string name = api::text_at(object, "kind");
  for (const Row& row : kRows) {
    if (row.group == group && row.name == name) return row.kind;
  }
  return Kind::kOther;
}

}  // namespace podrun::client
