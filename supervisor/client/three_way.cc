#include "supervisor/client/three_way.h"

#include <algorithm>

#include "supervisor/api/merge_order.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::client {
namespace {

using api::PatchField;
using api::PatchSchema;

const Json kNothing = Json::object();
const Json kNoItems = Json::array();

const Json& object_or_nothing(const Json* json) {
  return json != nullptr && json->is_object() ? *json : kNothing;
}
const Json& list_or_nothing(const Json* json) {
  return json != nullptr && json->is_array() ? *json : kNoItems;
}

bool contains(const Json& list, const Json& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

const Json* find_item(const Json& list, std::string_view key, const Json& value) {
  for (const Json& item : list) {
    const Json* found = manifest::find(item, key);
    if (found != nullptr && *found == value) return &item;
  }
  return nullptr;
}

Json patch_of_map(const Json& original, const Json& modified, const Json& current,
                  const PatchSchema* schema);

/// $retainKeys: of unions, where only the fields that are named stay.
void retain(Json& patch, const Json& modified) {
  std::vector<std::string> keys;
  for (const auto& [name, value] : modified.items()) {
    if (!value.is_null()) keys.push_back(name);
  }
  std::sort(keys.begin(), keys.end());
  patch["$retainKeys"] = keys;
}

/// The keys that tell a list's elements apart, in order.
Json order_of(const Json& list, std::string_view key) {
  Json order = Json::array();
  for (const Json& item : list) {
    Json value = api::key_value(item, key);
    order.push_back(key.empty() ? std::move(value) : Json{{std::string(key), std::move(value)}});
  }
  return order;
}

void patch_scalars(Json& patch, const PatchField& field, const Json& original, const Json& modified,
                   const Json& current) {
  Json added = Json::array(), gone = Json::array();
  for (const Json& item : modified) {
    if (!contains(current, item)) added.push_back(item);
  }
  for (const Json& item : original) {
    if (!contains(modified, item) && contains(current, item)) gone.push_back(item);
  }
  if (added.empty() && gone.empty()) return;
  const std::string name(field.name);
  if (!gone.empty()) patch["$deleteFromPrimitiveList/" + name] = std::move(gone);
  patch["$setElementOrder/" + name] = modified;
  if (!added.empty()) patch[name] = std::move(added);
}

/// Whether what both lists have comes in the same order.
bool same_order(const Json& modified, const Json& current, std::string_view key) {
  auto place = current.begin();
  for (const Json& item : modified) {
    const Json value = api::key_value(item, key);
    if (find_item(current, key, value) == nullptr) continue;
    while (place != current.end() && api::key_value(*place, key) != value) ++place;
    if (place == current.end()) return false;
  }
  return true;
}

void patch_objects(Json& patch, const PatchField& field, const Json& original, const Json& modified,
                   const Json& current) {
  const std::string name(field.name), key(field.merge_key);
  Json items = Json::array();
  for (const Json& item : modified) {
    const Json value = api::key_value(item, key);
    const Json* there = find_item(current, key, value);
    if (there == nullptr) {
      items.push_back(item);
      continue;
    }
    Json change = patch_of_map(object_or_nothing(find_item(original, key, value)), item, *there,
                               field.schema);
    if (change.empty()) continue;
    if (field.retain_keys) retain(change, item);
    change[key] = value;
    items.push_back(std::move(change));
  }
  for (const Json& item : original) {
    const Json value = api::key_value(item, key);
    if (find_item(modified, key, value) != nullptr) continue;
    if (find_item(current, key, value) == nullptr) continue;
    items.push_back({{"$patch", "delete"}, {key, value}});
  }
  if (items.empty() && same_order(modified, current, key)) return;
  patch["$setElementOrder/" + name] = order_of(modified, key);
  if (!items.empty()) patch[name] = std::move(items);
}

void patch_field(Json& patch, const std::string& name, const Json* original, const Json& modified,
                 const Json* current, const PatchField* field) {
  if (current == nullptr || current->is_null()) {
    if (!modified.is_null()) patch[name] = modified;
  } else if (modified.is_object() && current->is_object()) {
    Json change = patch_of_map(object_or_nothing(original), modified, *current,
                               field == nullptr ? nullptr : field->schema);
    if (change.empty()) return;
    if (field != nullptr && field->retain_keys) retain(change, modified);
    patch[name] = std::move(change);
  } else if (modified.is_array() && current->is_array() && field != nullptr && field->merge) {
    const auto patch_list = field->merge_key.empty() ? patch_scalars : patch_objects;
    patch_list(patch, *field, list_or_nothing(original), modified, *current);
  } else if (modified != *current) {
    patch[name] = modified;
  }
}

Json patch_of_map(const Json& original, const Json& modified, const Json& current,
                  const PatchSchema* schema) {
  Json patch = Json::object();
  for (const auto& [name, value] : modified.items()) {
    patch_field(patch, name, manifest::find(original, name), value, manifest::find(current, name),
                schema == nullptr ? nullptr : schema->find(name));
  }
  for (const auto& item : original.items()) {
    const std::string& name = item.key();
    if (!modified.contains(name) && current.contains(name)) patch[name] = nullptr;
  }
  return patch;
}

}  // namespace

Json three_way_patch(const Json& original, const Json& modified, const Json& current,
                     const PatchSchema* schema) {
  return patch_of_map(object_or_nothing(&original), object_or_nothing(&modified),
                      object_or_nothing(&current), schema);
}

Json two_way_patch(const Json& before, const Json& after, const PatchSchema* schema) {
  return three_way_patch(before, after, before, schema);
}

}  // namespace podrun::client
