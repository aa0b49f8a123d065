// Time zones of this machine's database (/usr/share/zoneinfo).
#pragma once

#include <string>

#include "supervisor/controllers/cron_time.h"

namespace podrun::controllers {

/// "Europe/Berlin"; "" is the machine's own zone, which $TZ or /etc/localtime names, UTC where they
/// do not; it is looked up once. Throws BadInput as Go does: "unknown time zone Europe/Pariss".
ZoneOffset zone_named(const std::string& name);

}  // namespace podrun::controllers
