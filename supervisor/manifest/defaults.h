// What a pod gets that its manifest does not say (Kubernetes' pkg/apis/core/v1/defaults.go).
#pragma once

#include "supervisor/manifest/pod.h"

namespace podrun::manifest {

/// Fills in every default; a second call changes nothing.
void set_defaults(Pod& pod);

/// The volume that an API server's admission adds for the service account's token. Exported
/// manifests carry it.
bool is_token_volume(const Volume& volume);
/// Takes such volumes out, and what mounts them.
void drop_token_volumes(PodSpec& spec);

}  // namespace podrun::manifest
