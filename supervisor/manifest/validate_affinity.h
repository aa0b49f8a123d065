// pkg/apis/core/validation, validateAffinity: of pods and templates.
#pragma once

#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

void validate_affinity(const Path& path, const Json& affinity, Report& report);

}  // namespace podrun::manifest
