#include "supervisor/manifest/json_access.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace podrun::manifest {

const Json* find(const Json* object, std::string_view field) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(field);
  return found == object->end() || found->is_null() ? nullptr : &*found;
}

Json* find(Json& object, std::string_view field) {
  return const_cast<Json*>(find(std::as_const(object), field));
}

std::string text_at(const Json& object, std::string_view field) {
  const Json* found = find(object, field);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t number_at(const Json& object, std::string_view field, std::int64_t otherwise) {
  const Json* found = find(object, field);
  return found != nullptr && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

bool truth_at(const Json& object, std::string_view field) {
  const Json* found = find(object, field);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

StringMap map_at(const Json& object, std::string_view field) {
  StringMap out;
  const Json* found = find(object, field);
  if (found == nullptr || !found->is_object()) return out;
  for (const auto& [key, value] : found->items()) {
    if (value.is_string()) out[key] = value.get<std::string>();
  }
  return out;
}

const Json& list_at(const Json& object, std::string_view field) {
  static const Json none = Json::array();
  const Json* found = find(object, field);
  return found != nullptr && found->is_array() ? *found : none;
}

Json& object_at(Json& object, std::string_view field) {
  Json& found = object[field];
  if (found.is_null()) found = Json::object();
  return found;
}

void set_default(Json& object, std::string_view field, Json value) {
  Json& found = object[field];
  if (found.is_null()) found = std::move(value);
}

Json to_json(const StringMap& map) {
  Json out = Json::object();
  for (const auto& [key, value] : map) out[key] = value;
  return out;
}

void fill(Json& into, const Json& from) {
  if (into.is_object() && from.is_object()) {
    for (const auto& [field, value] : from.items()) {
      const auto found = into.find(field);
      if (found == into.end()) {
        into[field] = value;
      } else {
        fill(*found, value);
      }
    }
  } else if (into.is_array() && from.is_array()) {
    for (std::size_t i = 0; i < into.size() && i < from.size(); ++i) fill(into[i], from[i]);
  }
}

namespace {

/// Ordered by `before`; an object that is so already is left alone.
template <class Before>
void order(Json& object, Before before) {
  auto& fields = object.get_ref<Json::object_t&>();
  const bool sorted =
      std::is_sorted(fields.begin(), fields.end(),
                     [&](const auto& a, const auto& b) { return before(a.first, b.first); });
  if (sorted) return;
  std::vector<std::pair<std::string, Json>> moved;
  moved.reserve(fields.size());
  for (auto& [field, value] : fields) moved.emplace_back(field, std::move(value));
  std::sort(moved.begin(), moved.end(),
            [&](const auto& a, const auto& b) { return before(a.first, b.first); });
  Json out = Json::object();
  auto& ordered = out.get_ref<Json::object_t&>();
  ordered.reserve(moved.size());
  for (auto& [field, value] : moved) {
    ordered.Container::emplace_back(std::move(field), std::move(value));
  }
  object = std::move(out);
}

int rank(const std::string& field) {
  return field == "apiVersion" ? 0 : field == "kind" ? 1 : field == "metadata" ? 2 : 3;
}

}  // namespace

void sort_fields(Json& json) {
  if (!json.is_structured()) return;
  for (Json& part : json) sort_fields(part);
  if (json.is_object()) {
    order(json, [](const std::string& a, const std::string& b) { return a < b; });
  }
}

void sort_object(Json& object) {
  for (Json& part : object) sort_fields(part);
  order(object, [](const std::string& a, const std::string& b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : a < b;
  });
}

}  // namespace podrun::manifest
