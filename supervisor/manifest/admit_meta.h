// metadata of any object on its way in (apimachinery/pkg/api/validation).
#pragma once

#include "supervisor/manifest/kinds.h"

namespace podrun::manifest {

/// What a new object and one that replaces another carry over, drop or may not change.
void admit_metadata(Intake& in);

}  // namespace podrun::manifest
