#include "supervisor/api/openapi_schema.h"

#include <algorithm>
#include <cctype>

#include "supervisor/api/served.h"

namespace podrun::api {
namespace {

using manifest::FieldType;
using manifest::ObjectType;

/// The Go type's name where the tables know it.
template <typename Type>
std::string go_name_of(const Type& type) {
  if constexpr (requires { type.go_name; }) {
    return std::string(type.go_name);
  } else {
    return "";
  }
}

/// "Container" of "containers", "SecurityContext" of "securityContext".
std::string name_from_field(const manifest::Field& field) {
  std::string name(field.name);
  name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  if (field.is_list && name.ends_with('s')) name.pop_back();
  return name;
}

/// A volume's `secret` is no Secret.
bool is_kind(std::string_view name) {
  const auto resources = served_resources();
  return std::any_of(resources.begin(), resources.end(),
                     [&](const ServedResource& served) { return served.kind == name; });
}

Json string_map() { return {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}}; }

void add_patch_rules(Json& schema, const PatchField& patch) {
  std::string strategy = patch.merge ? "merge" : "";
  if (patch.retain_keys) strategy += strategy.empty() ? "retainKeys" : ",retainKeys";
  if (!patch.merge_key.empty()) schema["x-kubernetes-patch-merge-key"] = patch.merge_key;
  if (!strategy.empty()) schema["x-kubernetes-patch-strategy"] = strategy;
}

/// What server-side apply takes the list or map for.
void add_apply_rules(Json& schema, const manifest::Field& field, const PatchField* patch) {
  if (field.is_list) {
    const ListKind kind = list_kind(patch);
    if (kind == ListKind::kMap) {
      schema["x-kubernetes-list-map-keys"] = Json::array({patch->merge_key});
      if (!patch->second_key.empty()) {
        schema["x-kubernetes-list-map-keys"].push_back(patch->second_key);
      }
    }
    schema["x-kubernetes-list-type"] = kind == ListKind::kMap   ? "map"
                                       : kind == ListKind::kSet ? "set"
                                                                : "atomic";
    return;
  }
  const bool reference = schema.contains("$ref");  // its definition says so
  if (patch != nullptr && patch->schema != nullptr && patch->schema->atomic && !reference) {
    schema["x-kubernetes-map-type"] = "atomic";
  }
}

const PatchField* find_in(const PatchSchema* patch, std::string_view name) {
  return patch == nullptr ? nullptr : patch->find(name);
}

Json list_of_any() { return {{"type", "array"}, {"items", Json::object()}}; }

Json object_with(Json properties) {
  return {{"type", "object"}, {"properties", std::move(properties)}};
}

}  // namespace

std::string schema_package(std::string_view group, std::string_view version) {
  const std::string_view first = group.empty() ? "core" : group.substr(0, group.find('.'));
  return "io.k8s.api." + std::string(first) + "." + std::string(version);
}

void SchemaBuilder::add_kind(std::string_view group, std::string_view version,
                             std::string_view kind, const ObjectType& type) {
  const std::string package = schema_package(group, version);
  Json schema = object_with(properties_of(type, &patch_schema(kind), {package, std::string(kind)}));
  schema["x-kubernetes-group-version-kind"] =
      Json::array({{{"group", group}, {"kind", kind}, {"version", version}}});
  schemas_[package + "." + std::string(kind)] = std::move(schema);
}

Json SchemaBuilder::properties_of(const ObjectType& type, const PatchSchema* patch,
                                  const Place& place) {
  Json properties = Json::object();
  for (const manifest::Field& field : type.fields) {
    properties[std::string(field.name)] = field_schema(field, find_in(patch, field.name), place);
  }
  return properties;
}

Json SchemaBuilder::field_schema(const manifest::Field& field, const PatchField* patch,
                                 const Place& place) {
  Json schema = value_schema(field, patch, place);
  if (field.is_list) schema = {{"type", "array"}, {"items", std::move(schema)}};
  if (!field.note.empty()) {
    schema["description"] = "podrun: " + std::string(field.note);
  }
  if (patch != nullptr) add_patch_rules(schema, *patch);
  add_apply_rules(schema, field, patch);
  return schema;
}

Json SchemaBuilder::value_schema(const manifest::Field& field, const PatchField* patch,
                                 const Place& place) {
  switch (field.type) {
    case FieldType::kString:
    case FieldType::kQuantity:
      return {{"type", "string"}};
    case FieldType::kBool:
      return {{"type", "boolean"}};
    case FieldType::kInt32:
      return {{"type", "integer"}, {"format", "int32"}};
    case FieldType::kInt64:
      return {{"type", "integer"}, {"format", "int64"}};
    case FieldType::kIntOrString:
      return {{"type", "string"}, {"format", "int-or-string"}};
    case FieldType::kStringMap:
    case FieldType::kQuantityMap:
      return string_map();
    case FieldType::kObject:
      return object_reference(field, patch, place);
    case FieldType::kAny:
    case FieldType::kAnyObject:
      break;
  }
  return field.name == "affinity" ? affinity_reference() : Json::object();
}

Json SchemaBuilder::object_reference(const manifest::Field& field, const PatchField* patch,
                                     const Place& place) {
  if (const auto known = names_.find(field.object); known != names_.end()) {
    return reference_to(known->second);
  }
  std::string name = go_name_of(*field.object);
  if (field.object == &manifest::kObjectMetaType) name = "ObjectMeta";
  if (field.object == &manifest::kPodSpecType) name = "PodSpec";
  if (field.object == &manifest::kPodTemplateType) name = "PodTemplateSpec";
  if (name.empty()) name = name_from_field(field);
  const bool meta = field.object == &manifest::kObjectMetaType;
  const std::string package = meta ? "io.k8s.apimachinery.pkg.apis.meta.v1" : place.package;
  std::string full = package + "." + name;
  if (name == "Spec" || name == "Status" || is_kind(name) || taken_.contains(full)) {
    name = place.parent + name;
    full = package + "." + name;
  }
  while (!taken_.insert(full).second) full += "_";
  names_[field.object] = full;
  schemas_[full] = Json::object();  // its place, and the end of a recursion
  Json properties =
      properties_of(*field.object, patch == nullptr ? nullptr : patch->schema, {package, name});
  schemas_[full] = object_with(std::move(properties));
  if (patch != nullptr && patch->schema != nullptr && patch->schema->atomic) {
    schemas_[full]["x-kubernetes-map-type"] = "atomic";
  }
  return reference_to(full);
}

// The tables do not look into it, but kubectl's apply descends into its maps and must find
// something there (a schema of anything ends after two levels, and kubectl with it).
Json SchemaBuilder::affinity_reference() {
  const std::string name = "io.k8s.api.core.v1.Affinity";
  if (taken_.insert(name).second) {
    const char* preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    const char* required = "requiredDuringSchedulingIgnoredDuringExecution";
    const Json pods = object_with({{preferred, list_of_any()}, {required, list_of_any()}});
    const Json nodes =
        object_with({{preferred, list_of_any()},
                     {required, object_with({{"nodeSelectorTerms", list_of_any()}})}});
    schemas_[name] =
        object_with({{"nodeAffinity", nodes}, {"podAffinity", pods}, {"podAntiAffinity", pods}});
  }
  return reference_to(name);
}

}  // namespace podrun::api
