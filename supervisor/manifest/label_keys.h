// matchLabelKeys and mismatchLabelKeys of a PodAffinityTerm: labels whose values are the pod's own.
#pragma once

#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// Adds the values of a new pod's `labels` to the selectors of its terms (pkg/registry/core/pod,
/// mutatePodAffinity): the scheduler reads the selectors alone.
void merge_label_keys(Json& affinity, const StringMap& labels);

/// pkg/apis/core/validation, validateMatchLabelKeysAndMismatchLabelKeys.
void validate_label_keys(const Path& path, const Json& term, Report& report);

}  // namespace podrun::manifest
