#include "supervisor/client/owners.h"

#include <utility>

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

constexpr const char* kToAnnotations[] = {"f:metadata", "f:annotations"};
constexpr const char* kLastApplied = "f:kubectl.kubernetes.io/last-applied-configuration";

/// Takes the annotation that client-side apply compares with out of the fields; false where it is
/// not among them.
bool take_last_applied(Json& fields) {
  Json* at = &fields;
  for (const char* name : kToAnnotations) {
    if (!at->is_object() || !at->contains(name)) return false;
    at = &(*at)[name];
  }
  if (!at->is_object() || at->erase(kLastApplied) == 0) return false;
  Json& metadata = fields[kToAnnotations[0]];
  at->erase(".");
  if (at->empty()) metadata.erase(kToAnnotations[1]);
  if (metadata.empty()) fields.erase(kToAnnotations[0]);
  return true;
}

/// The annotation's own manager, as kubectl names it.
Json annotation_entry(Json entry) {
  entry["manager"] = "kubectl-last-applied";
  entry["operation"] = "Apply";
  entry["fieldsV1"] = {
      {kToAnnotations[0], {{kToAnnotations[1], {{kLastApplied, Json::object()}}}}}};
  return entry;
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
    Json own = api::at_path(entry, "fieldsV1");
    found = found || moved;
    // What is applied has none: who owned it with the rest would remove it.
    if (moved && take_last_applied(own)) kept.push_back(annotation_entry(entry));
    if (own.empty()) continue;
    unite(fields, own);
    if (applied.is_null() || !moved) applied = entry;
  }
  if (!found) return Json::array();
  if (!applied.is_null()) {
    applied["manager"] = to;
    applied["operation"] = "Apply";
    applied["fieldsV1"] = std::move(fields);
    kept.push_back(std::move(applied));
  }
  return Json::array({{{"op", "replace"}, {"path", "/metadata/managedFields"}, {"value", kept}},
                      {{"op", "replace"},
                       {"path", "/metadata/resourceVersion"},
                       {"value", api::text_at(object, "metadata.resourceVersion")}}});
}

}  // namespace podrun::client
