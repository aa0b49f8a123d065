// Kubernetes' validation of objects (pkg/apis/core/validation), with its texts.
#pragma once

#include "supervisor/manifest/pod.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// `path` leads to the Pod in its document, `pod` is that Pod after defaulting. Every problem goes
/// to `report`.
void validate_pod(const Path& path, const Pod& pod, Report& report);

}  // namespace podrun::manifest
