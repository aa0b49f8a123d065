// JSON schemas of objects, each type once and by name. Inside of openapi.cc.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "supervisor/api/patch_schema.h"
#include "supervisor/api/protobuf_fields.h"
#include "supervisor/manifest/fields.h"

namespace podrun::api {

using Json = nlohmann::ordered_json;

/// "io.k8s.api.apps.v1".
std::string schema_package(std::string_view group, std::string_view version);

class SchemaBuilder {
 public:
  /// `reference`: what a "$ref" begins with, "#/definitions/".
  explicit SchemaBuilder(std::string reference) : reference_(std::move(reference)) {}

  /// A served kind.
  void add_kind(std::string_view group, std::string_view version, std::string_view kind,
                const manifest::ObjectType& type);
  /// One that the manifest's tables do not have: as it is on the wire, or not at all.
  void add_kind(std::string_view group, std::string_view version, std::string_view kind);
  /// All schemas by name.
  Json take() { return std::move(schemas_); }

 private:
  struct Place {
    std::string package;                         // of types that are met here first
    std::string parent;                          // the type that the field is in
    const protobuf::Message* message = nullptr;  // that type on the wire, where it is known
  };
  void add_object(std::string_view group, std::string_view version, std::string_view kind,
                  Json schema);
  Json properties_of(const manifest::ObjectType& type, const PatchSchema* patch,
                     const Place& place);
  Json field_schema(const manifest::Field& field, const PatchField* patch, const Place& place);
  Json value_schema(const manifest::Field& field, const PatchField* patch, const Place& place);
  Json object_reference(const manifest::Field& field, const PatchField* patch, const Place& place);
  /// Of what the manifest's tables do not look into.
  Json wire_schema(const protobuf::Field& field, const PatchField* patch, const Place& place);
  Json message_reference(const protobuf::Message& message, const PatchField* patch,
                         const Place& place);
  void add_message_properties(Json& properties, const protobuf::Message& message,
                              const PatchSchema* patch, const Place& place);
  Json described(Json schema, std::string_view words) const;
  std::string take_name(const std::string& package, const std::string& name);
  Json reference_to(const std::string& name) const { return {{"$ref", reference_ + name}}; }

  std::string reference_;
  Json schemas_ = Json::object();
  std::map<const manifest::ObjectType*, std::string> names_;
  std::map<const protobuf::Message*, std::string> message_names_;
  std::set<std::string> taken_;
};

}  // namespace podrun::api
