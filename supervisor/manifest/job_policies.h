// What a Job's spec says of failures and success, validated.
#pragma once

#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// `path` and `spec` are the Job's spec; both policies may be absent.
void check_failure_policy(const Path& path, const Json& spec, Report& report);
void check_success_policy(const Path& path, const Json& spec, Report& report);

}  // namespace podrun::manifest
