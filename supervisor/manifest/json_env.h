// The environment part of a container's JSON.
#pragma once

#include "supervisor/manifest/json_fields.h"

namespace podrun::manifest {

EnvVar env_var_from_json(const Json& json);
Json to_json(const EnvVar& var);
ObjectFieldSelector field_selector_from_json(const Json& json);
Json to_json(const ObjectFieldSelector& selector);
ResourceFieldSelector resource_selector_from_json(const Json& json);
Json to_json(const ResourceFieldSelector& selector);
EnvFrom env_from_from_json(const Json& json);
Json to_json(const EnvFrom& from);

}  // namespace podrun::manifest
