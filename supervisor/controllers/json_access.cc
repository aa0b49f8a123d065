#include "supervisor/controllers/json_access.h"

#include <algorithm>

#include "base/error.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::controllers {
namespace {

const std::string kEmpty;

}  // namespace

const Json* find(const Json& object, Path path) {
  const Json* here = &object;
  for (const std::string_view step : path) {
    here = manifest::find(here, step);
    if (here == nullptr) return nullptr;
  }
  return here;
}

const std::string& text_at(const Json& object, Path path) {
  const Json* found = find(object, path);
  return found != nullptr && found->is_string() ? found->get_ref<const std::string&>() : kEmpty;
}

std::int64_t number_at(const Json& object, Path path, std::int64_t otherwise) {
  const Json* found = find(object, path);
  return found != nullptr && found->is_number() ? found->get<std::int64_t>() : otherwise;
}

bool flag_at(const Json& object, Path path) {
  const Json* found = find(object, path);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

std::optional<WallTime> time_at(const Json& object, Path path) {
  const std::string& text = text_at(object, path);
  if (text.empty()) return std::nullopt;
  try {
    return parse_rfc3339(text);
  } catch (const BadInput&) {
    return std::nullopt;
  }
}

const std::string& name_of(const Json& object) { return text_at(object, {"metadata", "name"}); }
const std::string& uid_of(const Json& object) { return text_at(object, {"metadata", "uid"}); }

bool is_being_deleted(const Json& object) {
  return find(object, {"metadata", "deletionTimestamp"}) != nullptr;
}

bool has_finalizer(const Json& object, const std::string& name) {
  const Json* finalizers = find(object, {"metadata", "finalizers"});
  if (finalizers == nullptr) return false;
  return std::any_of(finalizers->begin(), finalizers->end(), [&](const Json& each) {
    return each.is_string() && each.get_ref<const std::string&>() == name;
  });
}

void drop_finalizer(Json& object, const std::string& name) {
  if (!has_finalizer(object, name)) return;
  Json kept = Json::array();
  for (const Json& each : object["metadata"]["finalizers"]) {
    if (each != name) kept.push_back(each);
  }
  if (kept.empty()) {
    object["metadata"].erase("finalizers");
  } else {
    object["metadata"]["finalizers"] = std::move(kept);
  }
}

bool same_value(const Json& a, const Json& b) {
  if (a.is_object() && b.is_object()) {
    if (a.size() != b.size()) return false;
    for (const auto& [name, value] : a.items()) {
      const auto other = b.find(name);
      if (other == b.end() || !same_value(value, *other)) return false;
    }
    return true;
  }
  if (a.is_array() && b.is_array()) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), same_value);
  }
  return a == b;
}

const std::string& annotation_of(const Json& object, const char* name) {
  return text_at(object, {"metadata", "annotations", name});
}

const Json* find_condition(const Json& status, const char* type) {
  const Json* conditions = find(status, {"conditions"});
  if (conditions == nullptr) return nullptr;
  for (const Json& each : *conditions) {
    if (text_at(each, {"type"}) == type) return &each;
  }
  return nullptr;
}

const Json* condition_of(const Json& object, const char* type) {
  const Json* status = find(object, {"status"});
  return status == nullptr ? nullptr : find_condition(*status, type);
}

}  // namespace podrun::controllers
