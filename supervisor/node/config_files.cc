#include "supervisor/node/config_files.h"

#include "base/base64.h"
#include "supervisor/node/pod_object.h"

namespace podrun::node {
namespace {

void take_name(const Json& holder, const char* field, std::set<std::string>& names) {
  const std::string name = text_at(holder, field, "name");
  if (!name.empty()) names.insert(name);
}

/// What one container list of the pod names.
void collect(const Json& pod, const char* list, ObjectNeeds& needs) {
  const auto spec = pod.find("spec");
  if (spec == pod.end() || !spec->contains(list)) return;
  for (const Json& container : (*spec)[list]) {
    for (const Json& from : container.value("envFrom", Json::array())) {
      take_name(from, "configMapRef", needs.config_maps);
      take_name(from, "secretRef", needs.secrets);
    }
    for (const Json& variable : container.value("env", Json::array())) {
      const Json source = variable.value("valueFrom", Json::object());
      take_name(source, "configMapKeyRef", needs.config_maps);
      take_name(source, "secretKeyRef", needs.secrets);
      const std::string field = text_at(source, "fieldRef", "fieldPath");
      needs.labels = needs.labels || field.starts_with("metadata.labels") ||
                     field.starts_with("metadata.annotations");
    }
  }
}

pod::ConfigData::Entries texts_in(const Json& object, const char* field) {
  pod::ConfigData::Entries entries;
  const Json data = object.value(field, Json::object());
  for (const auto& [key, value] : data.items()) {
    if (value.is_string()) entries[key] = value.get<std::string>();
  }
  return entries;
}

}  // namespace

pod::ConfigData::Entries decoded_entries(const Json& object, const char* field) {
  pod::ConfigData::Entries entries = texts_in(object, field);
  for (auto& [key, value] : entries) value = decode_base64(value).value_or("");
  return entries;
}

pod::ConfigData look_up(const api::Client& client, const Json& pod, const ObjectNeeds& needs) {
  const std::string in_namespace = text_at(pod, "metadata", "namespace");
  pod::ConfigData data;
  data.provided = needs.any();
  for (const std::string& name : needs.config_maps) {
    const store::Object* object = client.get({"configmaps", in_namespace, name});
    if (object != nullptr) data.config_maps[name] = texts_in(*object->json, "data");
  }
  for (const std::string& name : needs.secrets) {
    const store::Object* object = client.get({"secrets", in_namespace, name});
    if (object != nullptr) data.secrets[name] = decoded_entries(*object->json, "data");
  }
  if (needs.labels) {
    data.labels = texts_in(pod.at("metadata"), "labels");
    data.annotations = texts_in(pod.at("metadata"), "annotations");
  }
  return data;
}

pod::ConfigData config_for(const api::Client& client, const Json& pod) {
  ObjectNeeds needs;
  collect(pod, "initContainers", needs);
  collect(pod, "containers", needs);
  return look_up(client, pod, needs);
}

}  // namespace podrun::node
