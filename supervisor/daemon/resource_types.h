// What the controllers are told of the resources that are served.
#pragma once

#include "supervisor/controllers/garbage_collector.h"

namespace podrun::daemon {

controllers::ResourceTypes resource_types();

}  // namespace podrun::daemon
