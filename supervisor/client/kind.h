// The kinds that have a description of their own.
#pragma once

#include "supervisor/api/json_path.h"

namespace podrun::client {

enum class Kind {
  kPod,
  kReplicationController,
  kReplicaSet,
  kDeployment,
  kDaemonSet,
  kJob,
  kCronJob,
  kNode,
  kNamespace,
  kConfigMap,
  kSecret,
  kService,
  kEndpoints,
  kEndpointSlice,
  kServiceAccount,
  kOther,
};

/// By the API group and the kind; the group's version does not matter.
Kind kind_of(const api::Json& object);

}  // namespace podrun::client
