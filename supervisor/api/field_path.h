// Elements of paths to fields, as managedFields writes them: "f:spec" a field, `k:{"name":"a"}` the
// element of a list with that key, `v:"x"` a member of a set.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/api/patch_schema.h"

namespace podrun::api {

using Json = nlohmann::ordered_json;

std::string field_element(std::string_view name);
/// Of a list that is a set or a map; nothing where it lacks a key that has no default.
std::optional<std::string> item_element(const Json& item, const PatchField& list);
/// The same element as item_element() would write it, whatever the order of its keys. Nothing for
/// what is no element.
std::optional<std::string> canonical_element(const std::string& element);
/// As messages show a path: `.spec.containers[name="a"].image`.
std::string path_text(const std::vector<std::string_view>& elements);

}  // namespace podrun::api
