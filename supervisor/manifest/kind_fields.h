// The tables of the kinds besides Pod (fields.h).
#pragma once

#include "supervisor/manifest/fields.h"

namespace podrun::manifest {

/// core/v1 ObjectReference.
extern const ObjectType kObjectReferenceType;
extern const ObjectType kReplicationControllerType;
extern const ObjectType kReplicaSetType;
/// With the fields of its older versions.
extern const ObjectType kDeploymentType;
extern const ObjectType kDaemonSetType;
extern const ObjectType kJobType;
extern const ObjectType kCronJobType;

extern const ObjectType kNamespaceType;
extern const ObjectType kNodeType;
extern const ObjectType kConfigMapType;
extern const ObjectType kSecretType;
extern const ObjectType kServiceAccountType;
extern const ObjectType kServiceType;
extern const ObjectType kEndpointsType;
extern const ObjectType kEndpointSliceType;
extern const ObjectType kEventType;
/// events.k8s.io/v1.
extern const ObjectType kNewerEventType;
extern const ObjectType kLeaseType;
extern const ObjectType kControllerRevisionType;

}  // namespace podrun::manifest
