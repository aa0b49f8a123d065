#include "supervisor/api/openapi.h"

#include <algorithm>
#include <vector>

#include "supervisor/api/openapi_schema.h"
#include "supervisor/api/served.h"

namespace podrun::api {
namespace {

struct GroupVersion {
  std::string_view group, version;
  bool operator==(const GroupVersion&) const = default;
};

std::vector<GroupVersion> all_versions() {
  std::vector<GroupVersion> all;
  for (const ServedResource& served : served_resources()) {
    for (const std::string_view version : served.versions) {
      const GroupVersion made{served.group, version};
      if (std::find(all.begin(), all.end(), made) == all.end()) all.push_back(made);
    }
  }
  return all;
}

/// "api/v1", "apis/apps/v1".
std::string path_of(const GroupVersion& where) {
  const std::string version(where.version);
  if (where.group.empty()) return "api/" + version;
  return "apis/" + std::string(where.group) + "/" + version;
}

enum class Dialect { kV2, kV3 };

Json query_parameter(std::string_view name, std::string_view type, Dialect dialect) {
  Json parameter = {{"name", name}, {"in", "query"}};
  if (dialect == Dialect::kV2) {
    parameter["type"] = type;
    parameter["uniqueItems"] = true;
  } else {
    parameter["schema"] = {{"type", type}, {"uniqueItems", true}};
  }
  return parameter;
}

Json operation(const ServedResource& served, const GroupVersion& where, std::string_view verb,
               Dialect dialect) {
  Json parameters = Json::array();
  const bool writes = verb == "patch" || verb == "put" || verb == "post";
  if (writes || verb == "delete")
    parameters.push_back(query_parameter("dryRun", "string", dialect));
  if (writes) {
    parameters.push_back(query_parameter("fieldManager", "string", dialect));
    parameters.push_back(query_parameter("fieldValidation", "string", dialect));
  }
  if (verb == "patch") parameters.push_back(query_parameter("force", "boolean", dialect));
  Json made = {{"operationId", std::string(verb) + std::string(served.kind) + "In" +
                                   schema_package(where.group, where.version)},
               {"parameters", std::move(parameters)},
               {"responses", {{"200", {{"description", "OK"}}}}}};
  made["x-kubernetes-group-version-kind"] = {
      {"group", where.group}, {"kind", served.kind}, {"version", where.version}};
  return made;
}

bool has_verb(const ServedResource& served, std::string_view verb) {
  return (" " + std::string(served.verbs) + " ").find(" " + std::string(verb) + " ") !=
         std::string::npos;
}

void add_paths(Json& paths, const ServedResource& served, const GroupVersion& where,
               Dialect dialect) {
  std::string path = "/" + path_of(where);
  if (served.namespaced) path += "/namespaces/{namespace}";
  path += "/" + std::string(served.resource);
  Json list = Json::object(), single = Json::object();
  if (has_verb(served, "list")) list["get"] = operation(served, where, "get", dialect);
  if (has_verb(served, "create")) list["post"] = operation(served, where, "post", dialect);
  if (has_verb(served, "get")) single["get"] = operation(served, where, "get", dialect);
  if (has_verb(served, "update")) single["put"] = operation(served, where, "put", dialect);
  if (has_verb(served, "patch")) single["patch"] = operation(served, where, "patch", dialect);
  if (has_verb(served, "delete")) single["delete"] = operation(served, where, "delete", dialect);
  paths[path] = std::move(list);
  if (!single.empty()) paths[path + "/{name}"] = std::move(single);
}

void add_version(Json& paths, SchemaBuilder& schemas, const GroupVersion& where, Dialect dialect,
                 const FieldsOf& fields_of) {
  for (const ServedResource& served : served_resources()) {
    if (served.group != where.group || !served.serves(where.version)) continue;
    add_paths(paths, served, where, dialect);
    if (const auto* type = fields_of(where.group, where.version, served.kind); type != nullptr) {
      schemas.add_kind(where.group, where.version, served.kind, *type);
    } else {
      schemas.add_kind(where.group, where.version, served.kind);
    }
  }
}

Json info() { return {{"title", "Kubernetes"}, {"version", "unversioned"}}; }

}  // namespace

Json openapi_v2(const FieldsOf& fields_of) {
  SchemaBuilder schemas("#/definitions/");
  Json paths = Json::object();
  for (const GroupVersion& where : all_versions()) {
    add_version(paths, schemas, where, Dialect::kV2, fields_of);
  }
  return {{"swagger", "2.0"},
          {"info", info()},
          {"paths", std::move(paths)},
          {"definitions", schemas.take()}};
}

Json openapi_v3_index(std::string_view hash) {
  Json paths = Json::object();
  for (const GroupVersion& where : all_versions()) {
    const std::string path = path_of(where);
    paths[path] = {{"serverRelativeURL", "/openapi/v3/" + path + "?hash=" + std::string(hash)}};
  }
  return {{"paths", std::move(paths)}};
}

std::optional<Json> openapi_v3(std::string_view path, const FieldsOf& fields_of) {
  for (const GroupVersion& where : all_versions()) {
    if (path != "/openapi/v3/" + path_of(where)) continue;
    SchemaBuilder schemas("#/components/schemas/");
    Json paths = Json::object();
    add_version(paths, schemas, where, Dialect::kV3, fields_of);
    return Json{{"openapi", "3.0.0"},
                {"info", info()},
                {"paths", std::move(paths)},
                {"components", {{"schemas", schemas.take()}}}};
  }
  return {};
}

}  // namespace podrun::api
