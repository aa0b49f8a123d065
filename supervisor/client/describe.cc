#include "supervisor/client/describe.h"

#include "supervisor/client/kind.h"

namespace podrun::client {
namespace {

using Describer = std::string (*)(const Json&, const Related&, WallTime);

Describer describer_of(Kind kind) {
  switch (kind) {
    case Kind::kPod:
      return describe_pod;
    case Kind::kReplicationController:
      return describe_replication_controller;
    case Kind::kReplicaSet:
      return describe_replica_set;
    case Kind::kDeployment:
      return describe_deployment;
    case Kind::kDaemonSet:
      return describe_daemon_set;
    case Kind::kJob:
      return describe_job;
    case Kind::kCronJob:
      return describe_cron_job;
    case Kind::kNode:
      return describe_node;
    case Kind::kNamespace:
      return describe_namespace;
    case Kind::kConfigMap:
      return describe_config_map;
    case Kind::kSecret:
      return describe_secret;
    case Kind::kService:
      return describe_service;
    case Kind::kEndpoints:
      return describe_endpoints;
    case Kind::kEndpointSlice:
      return describe_endpoint_slice;
    case Kind::kServiceAccount:
      return describe_service_account;
    case Kind::kOther:
      break;
  }
  return describe_generic;
}

}  // namespace

std::string describe(const Json& object, const Related& related, WallTime now) {
  return describer_of(kind_of(object))(object, related, now);
}

}  // namespace podrun::client
