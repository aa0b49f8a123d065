// Go's words for a value of the wrong type (encoding/json, UnmarshalTypeError).
#pragma once

#include <string>
#include <string_view>

#include "supervisor/manifest/fields.h"
#include "supervisor/manifest/node.h"

namespace podrun::manifest {

/// "json: cannot unmarshal string into Go struct field ReplicaSetSpec.spec.replicas of type int32".
/// `type` has the field; without a field it is the type of the whole.
std::string go_type_error(const Path& path, const ObjectType& type, const Field* field);

/// The same for a whole value: "json: cannot unmarshal array into Go value of type v1.Pod".
std::string go_type_error(const Node& node, std::string_view go_type);

}  // namespace podrun::manifest
