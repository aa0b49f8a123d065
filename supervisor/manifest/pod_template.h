// What a pod and a pod template have in common on their way in.
#pragma once

#include <string>

#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// Fills the defaults into `spec` (decoded by the table) and validates it.
PodSpec admit_pod_spec(const Path& path, Json& spec, Report& report);
/// A template in any controller: metadata and spec are made where they are absent.
PodSpec admit_pod_template(const Path& path, Json& pod_template, Report& report);
/// The template of a controller that keeps pods running: metadata and spec are made where they are
/// absent. `kind` is named in messages.
void admit_template(const Path& path, Json& pod_template, const std::string& kind, Report& report);

}  // namespace podrun::manifest
