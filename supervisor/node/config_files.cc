#include "supervisor/node/config_files.h"

#include <set>
#include <utility>

#include "base/base64.h"
#include "supervisor/node/pod_object.h"

namespace podrun::node {
namespace {

using Names = std::set<std::string>;

void take_name(const Json& holder, const char* field, Names& names) {
  const std::string name = text_at(holder, field, "name");
  if (!name.empty()) names.insert(name);
}

/// The names in one container list of the pod.
void collect(const Json& pod, const char* list, Names& config_maps, Names& secrets) {
  const auto spec = pod.find("spec");
  if (spec == pod.end() || !spec->contains(list)) return;
  for (const Json& container : (*spec)[list]) {
    for (const Json& from : container.value("envFrom", Json::array())) {
      take_name(from, "configMapRef", config_maps);
      take_name(from, "secretRef", secrets);
    }
    for (const Json& variable : container.value("env", Json::array())) {
      const Json source = variable.value("valueFrom", Json::object());
      take_name(source, "configMapKeyRef", config_maps);
      take_name(source, "secretKeyRef", secrets);
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

pod::ConfigData::Entries plain_entries(const Json& object) { return texts_in(object, "data"); }

pod::ConfigData::Entries decoded_entries(const Json& object, const char* field) {
  pod::ConfigData::Entries entries = texts_in(object, field);
  for (auto& [key, value] : entries) value = decode_base64(value).value_or("");
  return entries;
}

pod::ConfigData config_for(const api::Client& client, const Json& pod) {
  Names config_maps, secrets;
  collect(pod, "initContainers", config_maps, secrets);
  collect(pod, "containers", config_maps, secrets);
  const std::string in_namespace = text_at(pod, "metadata", "namespace");
  pod::ConfigData data;
  data.provided = !config_maps.empty() || !secrets.empty();
  for (const std::string& name : config_maps) {
    const store::Object* object = client.get({"configmaps", in_namespace, name});
    if (object != nullptr) data.config_maps[name] = plain_entries(*object->json);
  }
  for (const std::string& name : secrets) {
    const store::Object* object = client.get({"secrets", in_namespace, name});
    if (object != nullptr) data.secrets[name] = decoded_entries(*object->json, "data");
  }
  return data;
}

}  // namespace podrun::node
