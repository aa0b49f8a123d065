// JSON documents of images: parsed with limits, read with errors that name document and member.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace podrun::images {

using Json = nlohmann::ordered_json;

/// Parses; throws BadInput ("manifest.json: not valid JSON …") for what is not JSON, or is nested
/// deeper than any image document is.
Json parse_document(std::string_view text, const std::string& what);

/// A member of an object; each throws BadInput where the type is another. Absent or null reads as
/// the type's empty value.
std::string text_member(const Json& object, const char* key, const std::string& what);
std::vector<std::string> list_member(const Json& object, const char* key, const std::string& what);
/// An empty object where absent or null.
const Json& object_member(const Json& object, const char* key, const std::string& what);
/// An empty array where absent or null.
const Json& array_member(const Json& object, const char* key, const std::string& what);

}  // namespace podrun::images
