// A tree checked against the table of fields: every wrong type, unknown and unsupported field is
// reported, what is left is JSON that the typed decoders take without an error.
#pragma once

#include <nlohmann/json.hpp>

#include "supervisor/manifest/fields.h"
#include "supervisor/manifest/node.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// The object at `path`, which must be set. A value of the wrong type is reported, replaced by an
/// empty one, and its path muted, so that one mistake gives one error.
nlohmann::ordered_json decode(const Path& path, const ObjectType& type, Report& report);

}  // namespace podrun::manifest
