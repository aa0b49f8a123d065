// Reading fields of objects whose shape is not known for certain: what is absent or of another type
// reads as nothing.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace podrun::api {

using Json = nlohmann::ordered_json;

/// The value at a dotted path ("spec.template.metadata"), or null.
const Json* find_path(const Json& object, std::string_view path);
/// The same; a null JSON where there is nothing.
const Json& at_path(const Json& object, std::string_view path);
/// A string as it is, a number or a boolean as JSON; "" where there is nothing.
std::string text_at(const Json& object, std::string_view path);
std::int64_t int_at(const Json& object, std::string_view path, std::int64_t otherwise = 0);
bool bool_at(const Json& object, std::string_view path);
/// Elements of an array or fields of an object; 0 for anything else.
std::size_t size_at(const Json& object, std::string_view path);

}  // namespace podrun::api
