// What pkg/apis/core/validation says of those fields of a pod's spec that have no typed form: of
// pods and templates.
#pragma once

#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// dnsConfig, topologySpreadConstraints, schedulingGates, securityContext.fsGroupChangePolicy.
void validate_pod_settings(const Path& path, const Json& spec, Report& report);

}  // namespace podrun::manifest
