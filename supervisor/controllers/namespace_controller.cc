#include "supervisor/controllers/namespace_controller.h"

namespace podrun::controllers {
namespace {

constexpr const char* kDefaults[] = {"default", "kube-system", "kube-public", "kube-node-lease"};
constexpr int kNotFound = 404;
constexpr int kConflict = 409;

}  // namespace

void NamespaceController::ensure_defaults() {
  for (const char* name : kDefaults) {
    if (client_.get({"namespaces", "", name}) != nullptr) continue;
    try {
      client_.create("namespaces", "",
                     {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}});
    } catch (const api::ApiError& error) {
      if (error.code() != kConflict) throw;  // somebody was faster
    }
  }
}

void NamespaceController::ensure_account(const std::string& name) {
  if (client_.get({"serviceaccounts", name, "default"}) != nullptr) return;
  client_.create("serviceaccounts", name,
                 {{"apiVersion", "v1"},
                  {"kind", "ServiceAccount"},
                  {"metadata", {{"name", "default"}, {"namespace", name}}}});
}

void NamespaceController::ensure_root_ca(const std::string& name) {
  if (root_ca_.empty()) return;
  const Json data{{"ca.crt", root_ca_}};
  const store::ObjectKey key{"configmaps", name, kRootCaName};
  if (const store::Object* present = client_.get(key)) {
    if (present->json->value("data", Json()) == data) return;
    Json changed = *present->json;
    changed["data"] = data;
    client_.update(key, std::move(changed));
    return;
  }
  constexpr const char* kDescription =
      "Contains a CA bundle that can be used to verify the kube-apiserver when using internal "
      "endpoints such as the internal service IP or kubernetes.default.svc. No other usage is "
      "guaranteed across distributions of Kubernetes clusters.";
  const Json meta{{"name", kRootCaName},
                  {"namespace", name},
                  {"annotations", {{"kubernetes.io/description", kDescription}}}};
  client_.create("configmaps", name,
                 {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", meta}, {"data", data}});
}

NamespaceContent NamespaceController::empty_out(const std::string& name) {
  for (const ResourceType& type : types_) {
    if (!type.namespaced) continue;
    for (const store::Object& each : client_.list(type.resource, name)) {
      if (is_being_deleted(*each.json)) continue;
      api::DeleteOptions options;
      options.propagation_policy = "Background";
      options.uid = uid_of(*each.json);
      try {
        client_.remove(each.key, options);
      } catch (const api::ApiError& error) {
        if (error.code() != kNotFound) throw;
      }
    }
  }
  NamespaceContent content;
  for (const ResourceType& type : types_) {
    if (!type.namespaced) continue;
    for (const store::Object& each : client_.list(type.resource, name)) count_object(content, each);
  }
  return content;
}

void NamespaceController::sync(const store::ObjectKey& key, WallTime now) {
  const store::Object* found = client_.get(key);
  if (found == nullptr) return;
  const Json object = *found->json;
  if (!is_being_deleted(object)) {
    ensure_account(key.name);
    ensure_root_ca(key.name);
    return;
  }
  const NamespaceContent content = empty_out(key.name);
  try {
    if (content.is_empty()) {
      Json changed = finalized(object);
      if (changed != object) client_.update(key, std::move(changed));
      return;
    }
    Json changed = object;
    changed["status"] = ending_status(object.value("status", Json()), content, now);
    if (!same_value(changed, object)) client_.update_status(key, std::move(changed));
  } catch (const api::ApiError& error) {
    if (error.code() != kNotFound) throw;
  }
}

}  // namespace podrun::controllers
