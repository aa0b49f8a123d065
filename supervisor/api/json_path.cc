#include "supervisor/api/json_path.h"

namespace podrun::api {

const Json* find_path(const Json& object, std::string_view path) {
  const Json* at = &object;
  while (!path.empty()) {
    if (!at->is_object()) return nullptr;
    const std::size_t dot = path.find('.');
    const auto found = at->find(path.substr(0, dot));
    if (found == at->end()) return nullptr;
    at = &*found;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return at;
}

const Json& at_path(const Json& object, std::string_view path) {
  static const Json nothing;
  const Json* found = find_path(object, path);
  return found == nullptr ? nothing : *found;
}

std::string text_at(const Json& object, std::string_view path) {
  const Json* value = find_path(object, path);
  if (value == nullptr || value->is_null()) return "";
  return value->is_string() ? value->get<std::string>() : value->dump();
}

std::int64_t int_at(const Json& object, std::string_view path, std::int64_t otherwise) {
  const Json* value = find_path(object, path);
  return value == nullptr || !value->is_number() ? otherwise : value->get<std::int64_t>();
}

bool bool_at(const Json& object, std::string_view path) {
  const Json* value = find_path(object, path);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::size_t size_at(const Json& object, std::string_view path) {
  const Json* value = find_path(object, path);
  return value == nullptr || !value->is_structured() ? 0 : value->size();
}

}  // namespace podrun::api
