// Kubernetes' strategic merge patch (apimachinery/pkg/util/strategicpatch): lists are merged by
// key, and directives delete, replace, order and retain.
#include <algorithm>
#include <optional>

#include "supervisor/api/merge_order.h"
#include "supervisor/api/patch.h"

namespace podrun::api {
namespace {

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kDeleteFrom = "$deleteFromPrimitiveList/";
constexpr std::string_view kSetOrder = "$setElementOrder/";

ApiError bad_order() { return bad_request("invalid patch format of setElementOrder list"); }

void take_out(Json& object, const std::string& key) { object.erase(key); }

/// Null where the object says nothing.
const Json* directive_of(const Json& object) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(kDirective);
  return found == object.end() ? nullptr : &*found;
}

ApiError unknown_directive(const Json& directive, const Json& where) {
  return unprocessable("unknown patch type: " +
                       (directive.is_string() ? directive.get<std::string>() : directive.dump()) +
                       " in map: " + where.dump());
}

/// A part of the patch for which the object has nothing: without directives, and without the nulls
/// and deletions that have nothing to delete.
Json fresh(const Json& patch) {
  if (patch.is_array()) {
    Json list = Json::array();
    for (const Json& item : patch) {
      if (const Json* directive = directive_of(item); directive != nullptr) {
        if (*directive == "delete" || item.size() == 1) continue;
      }
      list.push_back(fresh(item));
    }
    return list;
  }
  if (!patch.is_object()) return patch;
  if (const Json* directive = directive_of(patch); directive != nullptr && *directive == "delete") {
    return Json::object();
  }
  Json object = Json::object();
  for (const auto& [key, value] : patch.items()) {
    if (value.is_null() || key == kDirective || key == kRetainKeys ||
        key.starts_with(kDeleteFrom) || key.starts_with(kSetOrder)) {
      continue;
    }
    object[key] = fresh(value);
  }
  return object;
}

Json merge_map(Json original, Json patch, const PatchSchema* schema);

/// $patch inside the elements of a patch for a list; what they delete is gone from `original`.
/// True where the rest of the patch replaces the list.
bool obey_list_directives(Json& original, Json& patch, std::string_view key) {
  Json plain = Json::array();
  bool replace = false;
  for (Json& item : patch) {
    const Json* directive = directive_of(item);
    if (directive == nullptr) {
      plain.push_back(std::move(item));
    } else if (*directive == "delete") {
      const Json value = key_value(item, key);
      erase_matching(original, key, value);
    } else if (*directive == "replace") {
      replace = true;
    } else if (*directive == "merge") {
      throw unprocessable("merging lists cannot yet be specified in the patch");
    } else {
      throw unknown_directive(*directive, item);
    }
  }
  patch = std::move(plain);
  return replace;
}

Json merge_objects(Json original, Json patch, std::string_view key, const PatchSchema* schema) {
  if (obey_list_directives(original, patch, key)) return fresh(patch);
  const Json left = original;
  for (const Json& item : patch) {
    const Json value = key_value(item, key);
    Json* match = find_matching(original, key, value);
    if (match != nullptr) {
      *match = merge_map(std::move(*match), item, schema);
    } else {
      original.push_back(fresh(item));
    }
  }
  return in_order(std::move(original), patch, left, key);
}

Json merge_scalars(const Json& original, const Json& patch) {
  Json both = Json::array();
  for (const Json* list : {&original, &patch}) {
    for (const Json& item : *list) {
      if (std::find(both.begin(), both.end(), item) == both.end()) both.push_back(item);
    }
  }
  return in_order(std::move(both), patch, original, "");
}

bool all_objects(const Json& list) {
  return std::all_of(list.begin(), list.end(), [](const Json& item) { return item.is_object(); });
}

Json merge_list(Json original, Json patch, const PatchField* field) {
  if (field == nullptr || !field->merge) return fresh(patch);
  const auto is_list = [](const Json& item) { return item.is_array(); };
  if (std::any_of(patch.begin(), patch.end(), is_list)) {
    throw unprocessable("lists of lists are not supported");
  }
  if (field->merge_key.empty()) return merge_scalars(original, patch);
  if (!all_objects(original) || !all_objects(patch)) {
    throw unprocessable("list element types are not identical");
  }
  return merge_objects(std::move(original), std::move(patch), field->merge_key, field->schema);
}

const PatchField* field_of(const PatchSchema* schema, std::string_view name) {
  return schema == nullptr ? nullptr : schema->find(name);
}

void retain_keys(Json& original, Json& patch) {
  const auto found = patch.find(kRetainKeys);
  if (found == patch.end()) return;
  const Json keys = *found;
  take_out(patch, std::string(kRetainKeys));
  const auto kept = [&](const std::string& name) {
    return std::find(keys.begin(), keys.end(), name) != keys.end();
  };
  if (!keys.is_array()) throw bad_request("invalid patch format of retainKeys");
  for (const auto& [name, value] : patch.items()) {
    const bool directive = name.starts_with(kDeleteFrom) || name.starts_with(kSetOrder);
    if (!value.is_null() && !directive && !kept(name)) {
      throw bad_request("invalid patch format of retainKeys");
    }
  }
  Json retained = Json::object();
  for (auto& [name, value] : original.items()) {
    if (kept(name)) retained[name] = std::move(value);
  }
  original = std::move(retained);
}

/// The elements that the patch has must come in the order that it sets.
void check_order(const Json& patch, const Json& order, std::string_view key) {
  auto place = order.begin();
  for (const Json& item : patch) {
    if (directive_of(item) != nullptr) continue;
    const Json value = key_value(item, key);
    while (place != order.end() && key_value(*place, key) != value) ++place;
    if (place == order.end()) {
      throw unprocessable("The order in patch list:\n" + patch.dump() +
                          "\n doesn't match $setElementOrder list:\n" + order.dump() + "\n");
    }
  }
}

/// Lists for which the patch has $setElementOrder: merged with it, and taken out of the patch.
void merge_ordered_lists(Json& original, Json& patch, const PatchSchema* schema) {
  std::vector<std::string> directives;
  for (const auto& item : patch.items()) {
    if (item.key().starts_with(kSetOrder)) directives.push_back(item.key());
  }
  for (const std::string& directive : directives) {
    const Json order = patch[directive];
    take_out(patch, directive);
    const std::string name = directive.substr(kSetOrder.size());
    const PatchField* field = field_of(schema, name);
    const std::string_view key = field == nullptr ? "" : field->merge_key;
    if (!order.is_array()) throw bad_order();
    const bool in_patch = patch.contains(name), in_original = original.contains(name);
    const bool list_in_patch = in_patch && patch[name].is_array();
    if (in_patch && !list_in_patch) continue;  // null: it is deleted
    if (in_original && !original[name].is_array()) throw bad_order();
    if (!in_patch && !in_original) continue;
    const Json before = in_original ? original[name] : Json::array();
    if (in_patch) check_order(patch[name], order, key);
    Json merged = !in_patch ? before : merge_list(before, patch[name], field);
    original[name] = in_order(std::move(merged), order, before, key);
    take_out(patch, name);
  }
}

void delete_scalars(Json& original, const std::string& name, const Json& unwanted) {
  if (!unwanted.is_array()) throw bad_request("invalid patch format of primitive list");
  const auto list = original.find(name);
  if (list == original.end() || !list->is_array()) return;
  Json kept = Json::array();
  for (const Json& item : *list) {
    if (std::find(unwanted.begin(), unwanted.end(), item) == unwanted.end()) kept.push_back(item);
  }
  *list = std::move(kept);
}

void merge_field(Json& original, const std::string& name, Json value, const PatchField* field) {
  const auto found = original.find(name);
  if (value.is_null()) {
    take_out(original, name);
  } else if (found == original.end() || found->type() != value.type()) {
    original[name] = fresh(value);
  } else if (value.is_object()) {
    *found =
        merge_map(std::move(*found), std::move(value), field == nullptr ? nullptr : field->schema);
  } else if (value.is_array()) {
    *found = merge_list(std::move(*found), std::move(value), field);
  } else {
    *found = std::move(value);
  }
}

Json merge_map(Json original, Json patch, const PatchSchema* schema) {
  if (const Json* directive = directive_of(patch); directive != nullptr) {
    if (*directive == "delete") return Json::object();
    if (*directive == "replace") return fresh(patch);
    if (*directive != "merge") throw unknown_directive(*directive, patch);
    take_out(patch, std::string(kDirective));
  }
  retain_keys(original, patch);
  merge_ordered_lists(original, patch, schema);
  for (auto& [name, value] : patch.items()) {
    if (name.starts_with(kDeleteFrom)) {
      delete_scalars(original, name.substr(kDeleteFrom.size()), value);
    } else {
      merge_field(original, name, std::move(value), field_of(schema, name));
    }
  }
  return original;
}

}  // namespace

Json apply_strategic_merge_patch(Json object, Json patch, const PatchSchema* schema) {
  return merge_map(std::move(object), std::move(patch), schema);
}

}  // namespace podrun::api
