// Checks that the typed pod cannot carry: a probe has one handler, a variable one source, a volume
// one kind, a policy is one of its words. Done on JSON, before it is typed.
#pragma once

#include <nlohmann/json.hpp>

#include "supervisor/manifest/node.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// Reports and repairs: afterwards `spec` can be decoded, and what was wrong is muted in `report`.
void check_spec_structure(const Path& path, nlohmann::ordered_json& spec, Report& report);

}  // namespace podrun::manifest
