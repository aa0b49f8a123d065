// Objects from the texts of manifests: several documents, lists taken apart. Nothing is checked but
// that they are objects with a kind. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace podrun::client {

using Json = nlohmann::ordered_json;

/// `source` names the text in errors. Throws BadInput.
std::vector<Json> manifest_objects(const std::string& text, const std::string& source);

/// One document of any shape: a patch, say. Throws BadInput.
Json read_document(const std::string& text, const std::string& source);

}  // namespace podrun::client
