// intstr.IntOrString where it is a count or a share: 2, "25%".
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// "25%" as 25; nothing for what is no percentage.
std::optional<std::int64_t> percent(const Json& value);
/// As messages show it: 2, 25%.
std::string shown_int_or_percent(const Json& value);
/// 0 or "0%".
bool is_zero_share(const Json& value);
/// ValidatePositiveIntOrPercent.
void check_int_or_percent(const Path& path, const Json& value, Report& report);
/// IsNotMoreThan100Percent.
void check_at_most_all(const Path& path, const Json& value, Report& report);

}  // namespace podrun::manifest
