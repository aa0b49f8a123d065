// The tables of the kinds besides Pod (fields.h).
#pragma once

#include "supervisor/manifest/fields.h"

namespace podrun::manifest {

/// meta/v1 LabelSelector.
extern const ObjectType kLabelSelectorType;
extern const ObjectType kReplicationControllerType;
extern const ObjectType kReplicaSetType;
/// With the fields of its older versions.
extern const ObjectType kDeploymentType;

}  // namespace podrun::manifest
