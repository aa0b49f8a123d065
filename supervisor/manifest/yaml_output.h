// JSON as YAML, the way kubectl prints it (sigs.k8s.io/yaml: fields by name, lists not indented).
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace podrun::manifest {

using Json = nlohmann::ordered_json;

/// Ends with a line feed.
std::string yaml_text(Json json);
/// `kubectl get -o json`: fields by name, four blanks a level, with a line feed at the end.
std::string json_text(Json json);

}  // namespace podrun::manifest
