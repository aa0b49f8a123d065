// The spec of a Job, in a Job and in a CronJob's template.
#pragma once

#include <string>

#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// Fills in defaults and validates all but the selector.
void admit_job_spec(const Path& path, Json& spec, Report& report);

}  // namespace podrun::manifest
