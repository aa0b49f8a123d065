#include "supervisor/client/owners.h"

#include "supervisor/api/json_path.h"

namespace podrun::client {
namespace {

bool is_entry(const Json& entry, const std::string& manager, const std::string& operation) {
  return api::text_at(entry, "manager") == manager &&
         api::text_at(entry, "operation") == operation &&
         api::text_at(entry, "subresource").empty();
}

/// Fields of both, at each depth.
void unite(Json& into, const Json& from) {
  for (const auto& [name, value] : from.items()) {
    Json& field = into[name];
    if (field.is_null()) field = Json::object();
    if (value.is_object()) unite(field, value);
  }
}

}  // namespace

Json owners_patch(const Json& object, const std::string& from, const std::string& to) {
  Json kept = Json::array(), fields = Json::object(), applied;
  bool found = false;
  for (const Json& entry : api::at_path(object, "metadata.managedFields")) {
    const bool moved = is_entry(entry, from, "Update");
    if (!moved && !is_entry(entry, to, "Apply")) {
      kept.push_back(entry);
      continue;
    }
    found = found || moved;
    unite(fields, api::at_path(entry, "fieldsV1"));
    if (applied.is_null() || !moved) applied = entry;
  }
  if (!found) return Json::array();
  applied["manager"] = to;
  applied["operation"] = "Apply";
  applied["fieldsV1"] = std::move(fields);
  kept.push_back(std::move(applied));
  return Json::array({{{"op", "replace"}, {"path", "/metadata/managedFields"}, {"value", kept}},
                      {{"op", "replace"},
                       {"path", "/metadata/resourceVersion"},
                       {"value", api::text_at(object, "metadata.resourceVersion")}}});
}

}  // namespace podrun::client
