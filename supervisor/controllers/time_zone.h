// Time zones of this machine's database (/usr/share/zoneinfo).
#pragma once

#include <optional>
#include <string>

#include "supervisor/controllers/cron_time.h"

namespace podrun::controllers {

/// "Europe/Berlin"; "" is the machine's own zone, which $TZ or /etc/localtime names, UTC where they
/// do not. Throws BadInput as Go does: "unknown time zone Europe/Pariss".
ZoneOffset zone_named(const std::string& name);

/// Of a compiled zone at an absolute path, past its last change by the rule in its footer; nothing
/// where there is none. A file is read once and kept. Any thread may ask.
std::optional<ZoneOffset> read_zone(const std::string& path);

}  // namespace podrun::controllers
