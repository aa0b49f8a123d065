// The Accept header of Kubernetes' clients: media types with a group, a version and the kind that
// they want an answer as.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace podrun::api {

/// One of the forms that a client takes: `application/json;as=Table;v=v1;g=meta.k8s.io`.
struct AcceptClause {
  std::string media_type;          // "application/json", "*/*"
  std::string as, group, version;  // "Table", "meta.k8s.io", "v1"; empty for the object itself
  double quality = 1;              // q; 0 is none
};

/// In order of preference. An empty header takes anything.
std::vector<AcceptClause> parse_accept(std::string_view header);

/// Whether JSON answers it: application/json, application/* or */*.
bool accepts_json(const AcceptClause& clause);
/// Whether of the two it is YAML that the client prefers: application/yaml.
bool prefers_yaml(std::string_view header);

}  // namespace podrun::api
