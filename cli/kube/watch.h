// `podrun get --watch`.
#pragma once

#include <string>

#include "cli/kube/output.h"
#include "cli/kube/targets.h"
#include "supervisor/client/columns.h"

namespace podrun::kube {

/// Shows the objects, and then what changes, for ever.
int watch_objects(Session& session, const Named& wanted, const OutputForm& form,
                  client::TableView view);

}  // namespace podrun::kube
