#include "supervisor/api/field_path.h"

#include <map>

#include "base/go_text.h"

namespace podrun::api {
namespace {

/// Compact and with sorted keys, whatever the order of `json`.
std::string sorted_text(const Json& json) { return nlohmann::json::parse(json.dump()).dump(); }

std::string shown(const Json& value) {
  return value.is_string() ? go_quote(value.get_ref<const std::string&>()) : value.dump();
}

/// "[name=\"a\"]" of `{"name":"a"}`.
std::string keys_text(std::string_view keys) {
  const Json parsed = Json::parse(keys, nullptr, false);
  std::string text;
  if (parsed.is_object()) {
    for (const auto& [key, value] : parsed.items()) {
      text += (text.empty() ? "" : ",") + key + "=" + shown(value);
    }
  }
  return "[" + text + "]";
}

std::string element_text(std::string_view element) {
  const std::string_view content = element.substr(std::min<std::size_t>(2, element.size()));
  if (element.starts_with("f:")) return "." + std::string(content);
  if (element.starts_with("k:")) return keys_text(content);
  if (element.starts_with("v:")) {
    const Json value = Json::parse(content, nullptr, false);
    return "[=" + (value.is_discarded() ? std::string(content) : shown(value)) + "]";
  }
  return "[" + std::string(content) + "]";
}

/// The key's value, or the default that stands for it.
Json key_of(const Json& item, std::string_view key, std::string_view otherwise) {
  const auto found = item.find(key);
  if (found != item.end() && !found->is_null()) return *found;
  return otherwise.empty() ? Json() : Json(otherwise);
}

}  // namespace

std::string field_element(std::string_view name) { return "f:" + std::string(name); }

std::optional<std::string> item_element(const Json& item, const PatchField& list) {
  if (list_kind(&list) == ListKind::kSet) {
    if (item.is_structured() || item.is_null()) return {};
    return "v:" + item.dump();
  }
  if (!item.is_object()) return {};
  std::map<std::string_view, Json> keys;
  keys[list.merge_key] = key_of(item, list.merge_key, "");
  if (!list.second_key.empty()) {
    keys[list.second_key] = key_of(item, list.second_key, list.second_default);
  }
  std::string text;
  for (const auto& [key, value] : keys) {
    if (value.is_structured() || value.is_null()) return {};
    text += (text.empty() ? "" : ",") + Json(key).dump() + ":" + value.dump();
  }
  return "k:{" + text + "}";
}

std::optional<std::string> canonical_element(const std::string& element) {
  if (element.starts_with("f:") || element.starts_with("i:")) return element;
  const bool keys = element.starts_with("k:");
  if (!keys && !element.starts_with("v:")) return {};
  const Json content = Json::parse(element.begin() + 2, element.end(), nullptr, false);
  if (content.is_discarded() || (keys && !content.is_object())) return {};
  return element.substr(0, 2) + sorted_text(content);
}

std::string path_text(const std::vector<std::string_view>& elements) {
  std::string text;
  for (const std::string_view element : elements) text += element_text(element);
  return text;
}

}  // namespace podrun::api
