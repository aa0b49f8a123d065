// Lists whose elements are told apart by a key, and the order that a strategic merge gives them.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace podrun::api {

using Json = nlohmann::ordered_json;

/// What tells an element apart: itself where `key` is empty, else its field of that name. Throws
/// 422 where it has none.
Json key_value(const Json& item, std::string_view key);
/// The first element of that key value, or null.
Json* find_matching(Json& list, std::string_view key, const Json& value);
void erase_matching(Json& list, std::string_view key, const Json& value);

/// `merged` in the order of `wanted`, as far as that goes; elements that are only in `before` keep
/// their places among those that both have (strategicpatch's normalizeElementOrder).
Json in_order(Json merged, const Json& wanted, const Json& before, std::string_view key);

}  // namespace podrun::api
