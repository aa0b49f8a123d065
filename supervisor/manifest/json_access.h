// Decoded objects as JSON: looking fields up, filling in what is missing, ordering fields. For the
// kinds that have no typed form.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "supervisor/manifest/meta.h"

namespace podrun::manifest {

using Json = nlohmann::ordered_json;

/// The field's value; null where it is absent, or where `object` is null or no object.
const Json* find(const Json* object, std::string_view field);
inline const Json* find(const Json& object, std::string_view field) { return find(&object, field); }
Json* find(Json& object, std::string_view field);

/// A field's value, or what stands for it where it is absent or of another type.
std::string text_at(const Json& object, std::string_view field);
std::int64_t number_at(const Json& object, std::string_view field, std::int64_t otherwise = 0);
bool truth_at(const Json& object, std::string_view field);
StringMap map_at(const Json& object, std::string_view field);
/// An empty list where there is none.
const Json& list_at(const Json& object, std::string_view field);

/// The object in a field, made where it is absent.
Json& object_at(Json& object, std::string_view field);
void set_default(Json& object, std::string_view field, Json value);
Json to_json(const StringMap& map);

/// Adds the fields of `from` that `into` lacks, at every depth; the items of lists by their index.
void fill(Json& into, const Json& from);
/// Every object's fields by name, as kubectl prints them.
void sort_fields(Json& json);
/// The same for a whole object: apiVersion, kind and metadata come first.
void sort_object(Json& object);

}  // namespace podrun::manifest
