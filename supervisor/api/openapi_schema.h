// JSON schemas of objects, each type once and by name. Inside of openapi.cc.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "supervisor/api/patch_schema.h"
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
  /// All schemas by name.
  Json take() { return std::move(schemas_); }

 private:
  struct Place {
    std::string package;  // of types that are met here first
    std::string parent;   // the type that the field is in
  };
  Json properties_of(const manifest::ObjectType& type, const PatchSchema* patch,
                     const Place& place);
  Json field_schema(const manifest::Field& field, const PatchField* patch, const Place& place);
  Json value_schema(const manifest::Field& field, const PatchField* patch, const Place& place);
  Json object_reference(const manifest::Field& field, const PatchField* patch, const Place& place);
  Json affinity_reference();
  Json reference_to(const std::string& name) const { return {{"$ref", reference_ + name}}; }

  std::string reference_;
  Json schemas_ = Json::object();
  std::map<const manifest::ObjectType*, std::string> names_;
  std::set<std::string> taken_;
};

}  // namespace podrun::api
