#include "supervisor/api/openapi_schema.h"

#include <algorithm>
#include <cctype>

#include "supervisor/api/openapi_words.h"
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
void add_apply_rules(Json& schema, const PatchField* patch) {
  if (schema.contains("items")) {
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

/// The field on the wire; null where the message is unknown or has none.
const protobuf::Field* find_in(const protobuf::Message* message, std::string_view name) {
  if (message == nullptr) return nullptr;
  for (const protobuf::Field& field : message->fields) {
    if (field.form == protobuf::Form::kInline) {
      if (const protobuf::Field* found = find_in(field.message, name)) return found;
    } else if (field.name == name) {
      return &field;
    }
  }
  return nullptr;
}

/// Older versions of a kind have no form on the wire; what they do not look into is as in apps/v1.
const protobuf::Message* message_of_kind(std::string_view group, std::string_view version,
                                         std::string_view kind) {
  const std::string api_version =
      (group.empty() ? "" : std::string(group) + "/") + std::string(version);
  const protobuf::Message* message = protobuf::message_of(api_version, kind);
  return message != nullptr ? message : protobuf::message_of("apps/v1", kind);
}

Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

Json string_of(std::string_view format) { return {{"type", "string"}, {"format", format}}; }

/// Something whose form nobody knows. kubectl explain takes a schema without any word for none.
Json anything() { return {{"x-kubernetes-preserve-unknown-fields", true}}; }

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
  const Place place{schema_package(group, version), std::string(kind),
                    message_of_kind(group, version, kind)};
  add_object(group, version, kind, object_with(properties_of(type, &patch_schema(kind), place)));
}

void SchemaBuilder::add_kind(std::string_view group, std::string_view version,
                             std::string_view kind) {
  const Place place{schema_package(group, version), std::string(kind),
                    message_of_kind(group, version, kind)};
  if (place.message == nullptr) return;
  Json properties = Json::object();
  for (const char* field : {"apiVersion", "kind"}) {
    properties[field] = described({{"type", "string"}}, words_of(kind, field));
  }
  add_message_properties(properties, *place.message, &patch_schema(kind), place);
  add_object(group, version, kind, object_with(std::move(properties)));
}

void SchemaBuilder::add_object(std::string_view group, std::string_view version,
                               std::string_view kind, Json schema) {
  schema["x-kubernetes-group-version-kind"] =
      Json::array({{{"group", group}, {"kind", kind}, {"version", version}}});
  schemas_[schema_package(group, version) + "." + std::string(kind)] =
      described(std::move(schema), words_of(kind));
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
  if (field.is_list) schema = list_of(std::move(schema));
  if (patch != nullptr) add_patch_rules(schema, *patch);
  add_apply_rules(schema, patch);
  std::string words(words_of(place.parent, field.name));
  // Of what `podrun run` makes of it: the daemon may do more.
  if (words.empty() && !field.note.empty()) words = "podrun: " + std::string(field.note);
  return described(std::move(schema), words);
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
      return string_of("int-or-string");
    case FieldType::kStringMap:
    case FieldType::kQuantityMap:
      return string_map();
    case FieldType::kObject:
      return object_reference(field, patch, place);
    case FieldType::kAny:
    case FieldType::kAnyObject:
      break;
  }
  if (const protobuf::Field* wire = find_in(place.message, field.name)) {
    Json schema = wire_schema(*wire, patch, place);
    const bool wrapped = wire->form == protobuf::Form::kRepeated && !field.is_list;
    return wrapped ? list_of(std::move(schema)) : schema;
  }
  if (field.name == "managedFields") return list_of({{"type", "object"}});
  return field.type == FieldType::kAnyObject ? Json{{"type", "object"}} : anything();
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
  if (name == "Spec" || name == "Status" || is_kind(name) ||
      taken_.contains(package + "." + name)) {
    name = place.parent + name;
  }
  const std::string full = take_name(package, name);
  names_[field.object] = full;
  const protobuf::Field* wire = find_in(place.message, field.name);
  const Place inside{package, name, wire == nullptr ? nullptr : wire->message};
  Json properties =
      properties_of(*field.object, patch == nullptr ? nullptr : patch->schema, inside);
  schemas_[full] = described(object_with(std::move(properties)), words_of(name));
  if (patch != nullptr && patch->schema != nullptr && patch->schema->atomic) {
    schemas_[full]["x-kubernetes-map-type"] = "atomic";
  }
  return reference_to(full);
}

/// Beside a "$ref" OpenAPI 3 allows no words: Kubernetes puts it into an allOf.
Json SchemaBuilder::described(Json schema, std::string_view words) const {
  if (words.empty()) return schema;
  if (schema.contains("$ref") && !reference_.starts_with("#/definitions/")) {
    Json reference{{"$ref", std::move(schema["$ref"])}};
    schema.erase("$ref");
    schema["allOf"] = Json::array({std::move(reference)});
  }
  schema["description"] = words;
  return schema;
}

std::string SchemaBuilder::take_name(const std::string& package, const std::string& name) {
  std::string full = package + "." + name;
  while (!taken_.insert(full).second) full += "_";
  schemas_[full] = Json::object();  // its place, and the end of a recursion
  return full;
}

Json SchemaBuilder::wire_schema(const protobuf::Field& field, const PatchField* patch,
                                const Place& place) {
  switch (field.type) {
    case protobuf::Type::kString:
    case protobuf::Type::kQuantity:
      return {{"type", "string"}};
    case protobuf::Type::kBool:
      return {{"type", "boolean"}};
    case protobuf::Type::kInt:
      return {{"type", "integer"}, {"format", "int64"}};
    case protobuf::Type::kBytes:
      return string_of("byte");
    case protobuf::Type::kIntOrString:
      return string_of("int-or-string");
    case protobuf::Type::kTime:
    case protobuf::Type::kMicroTime:
      return string_of("date-time");
    case protobuf::Type::kStringMap:
    case protobuf::Type::kQuantityMap:
      return string_map();
    case protobuf::Type::kBytesMap:
      return {{"type", "object"}, {"additionalProperties", string_of("byte")}};
    case protobuf::Type::kMessage:
      break;
  }
  return message_reference(*field.message, patch, place);
}

Json SchemaBuilder::message_reference(const protobuf::Message& message, const PatchField* patch,
                                      const Place& place) {
  if (const auto known = message_names_.find(&message); known != message_names_.end()) {
    return reference_to(known->second);
  }
  std::string full = place.package + "." + std::string(message.name);
  // The manifest's tables name their types as Go does: it is the same one.
  if (taken_.contains(full)) return reference_to(full);
  full = take_name(place.package, std::string(message.name));
  message_names_[&message] = full;
  Json properties = Json::object();
  add_message_properties(properties, message, patch == nullptr ? nullptr : patch->schema, place);
  schemas_[full] = described(object_with(std::move(properties)), words_of(message.name));
  return reference_to(full);
}

void SchemaBuilder::add_message_properties(Json& properties, const protobuf::Message& message,
                                           const PatchSchema* patch, const Place& place) {
  for (const protobuf::Field& field : message.fields) {
    if (field.form == protobuf::Form::kInline) {
      add_message_properties(properties, *field.message, patch, place);
      continue;
    }
    const PatchField* rules = find_in(patch, field.name);
    Json schema = wire_schema(field, rules, place);
    if (field.form == protobuf::Form::kRepeated) schema = list_of(std::move(schema));
    if (rules != nullptr) add_patch_rules(schema, *rules);
    add_apply_rules(schema, rules);
    properties[std::string(field.name)] =
        described(std::move(schema), words_of(message.name, field.name));
  }
}

}  // namespace podrun::api
