// Objects as sets of fields: which an object has, which differ between two, and objects with fields
// of another laid over them or taken out. What a list or map is to all this, its schema says
// (patch_schema.h). The semantics are those of sigs.k8s.io/structured-merge-diff.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "supervisor/api/field_set.h"
#include "supervisor/api/patch_schema.h"

namespace podrun::api {

/// All fields of an object: its leaves, the elements of its lists, and what is empty.
FieldSet fields_of(const Json& object, const PatchSchema* schema);

/// What differs between two versions of an object.
struct Comparison {
  FieldSet added, modified, removed;
};
Comparison compare_fields(const Json& before, const Json& after, const PatchSchema* schema);

/// `config` laid over `live`: its leaves hold, maps and lists with keys are merged. Elements are in
/// the order of `config`; those that only `live` has keep their places among the others.
Json laid_over(const Json& live, const Json& config, const PatchSchema* schema);

/// `object` without the members of `fields` and all that is below them.
Json without_fields(const Json& object, const FieldSet& fields, const PatchSchema* schema);

/// What keeps lists from being sets or maps: elements that are there twice or lack their key.
/// ".spec.containers: duplicate entries for key [name="a"]".
std::vector<std::string> list_errors(const Json& object, const PatchSchema* schema);

}  // namespace podrun::api
