// How long pods that say nothing of it stay on a node that fails.
#pragma once

#include "base/clock.h"

namespace podrun::manifest {

/// plugin/pkg/admission/defaulttolerationseconds: --default-not-ready-toleration-seconds and its
/// sibling of the API server.
struct DefaultTolerations {
  Seconds not_ready{300}, unreachable{300};
};
/// Those of this process: set before the first pod is admitted.
DefaultTolerations& default_tolerations();

}  // namespace podrun::manifest
