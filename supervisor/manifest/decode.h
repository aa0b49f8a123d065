// A tree checked against the table of fields: every wrong type, unknown and unsupported field is
// reported, what is left is JSON that the typed decoders take without an error.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "supervisor/manifest/fields.h"
#include "supervisor/manifest/node.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// The object at `path`, which must be set. A value of the wrong type is reported, replaced by an
/// empty one, and its path muted, so that one mistake gives one error.
nlohmann::ordered_json decode(const Path& path, const ObjectType& type, Report& report);

/// A tree as JSON, whatever it is. What no double can hold becomes 0.
enum class Nulls { kDropped, kKept };  // in maps
nlohmann::ordered_json plain_json(const Node& node, Nulls nulls);

/// What decoding for the API finds.
struct Findings {
  /// The first wrong type, as Go's decoder words it; the rest must not be used then.
  std::string malformed;
  /// `unknown field "spec.foo"`, `duplicate field "spec.x"`; at most 100, as in Kubernetes.
  std::vector<std::string> strict;
  /// "spec.affinity: not supported by podrun: …"
  std::vector<std::string> warnings;
};
/// The same for the API: all that the type has is kept, what podrun does not act on included.
/// Values that ask for nothing are left out as Go's omitempty does, quantities are canonical.
nlohmann::ordered_json decode_all(const Path& path, const ObjectType& type, Findings& findings);

}  // namespace podrun::manifest
