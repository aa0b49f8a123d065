// Environment variables and where they come from.
#include "supervisor/manifest/json_env.h"

namespace podrun::manifest {

namespace {

template <class Selector>
Selector key_selector_from_json(const Json& json) {
  Selector selector;
  read(json, "key", selector.key);
  read(json, "name", selector.name);
  read(json, "optional", selector.optional);
  return selector;
}

std::optional<EnvSource> env_source_from_json(const Json& json) {
  std::optional<EnvSource> source;
  read_with(json, "configMapKeyRef", source, key_selector_from_json<ConfigMapKeySelector>);
  read_with(json, "fieldRef", source, field_selector_from_json);
  read_with(json, "resourceFieldRef", source, resource_selector_from_json);
  read_with(json, "secretKeyRef", source, key_selector_from_json<SecretKeySelector>);
  return source;
}

template <class Selector>
Json key_selector_to_json(const Selector& selector) {
  Json out{{"key", selector.key}};
  write(out, "name", selector.name);
  write(out, "optional", selector.optional);
  return out;
}

struct EnvSourceToJson {
  Json operator()(const ConfigMapKeySelector& selector) const {
    return {{"configMapKeyRef", key_selector_to_json(selector)}};
  }
  Json operator()(const SecretKeySelector& selector) const {
    return {{"secretKeyRef", key_selector_to_json(selector)}};
  }
  Json operator()(const ObjectFieldSelector& selector) const {
    return {{"fieldRef", to_json(selector)}};
  }
  Json operator()(const ResourceFieldSelector& selector) const {
    return {{"resourceFieldRef", to_json(selector)}};
  }
};

}  // namespace

ObjectFieldSelector field_selector_from_json(const Json& json) {
  ObjectFieldSelector selector;
  read(json, "fieldPath", selector.field_path);
  return selector;
}

ResourceFieldSelector resource_selector_from_json(const Json& json) {
  ResourceFieldSelector selector;
  read(json, "containerName", selector.container_name);
  read(json, "divisor", selector.divisor);
  read(json, "resource", selector.resource);
  return selector;
}

Json to_json(const ObjectFieldSelector& selector) {
  return {{"apiVersion", "v1"}, {"fieldPath", selector.field_path}};
}

Json to_json(const ResourceFieldSelector& selector) {
  Json out = Json::object();
  write(out, "containerName", selector.container_name);
  out["divisor"] = selector.divisor.text();
  out["resource"] = selector.resource;
  return out;
}

EnvVar env_var_from_json(const Json& json) {
  EnvVar var;
  read(json, "name", var.name);
  read(json, "value", var.value);
  read_with(json, "valueFrom", var.value_from, env_source_from_json);
  return var;
}

Json to_json(const EnvVar& var) {
  Json out{{"name", var.name}};
  write(out, "value", var.value);
  if (var.value_from) out["valueFrom"] = std::visit(EnvSourceToJson{}, *var.value_from);
  return out;
}

EnvFrom env_from_from_json(const Json& json) {
  EnvFrom from;
  read(json, "prefix", from.prefix);
  from.is_secret = json.contains("secretRef") && !json["secretRef"].is_null();
  const char* field = from.is_secret ? "secretRef" : "configMapRef";
  const auto reference = json.find(field);
  if (reference != json.end() && !reference->is_null()) {
    read(object_of(field, *reference), "name", from.name);
    read(*reference, "optional", from.optional);
  }
  return from;
}

Json to_json(const EnvFrom& from) {
  Json reference = Json::object();
  write(reference, "name", from.name);
  write(reference, "optional", from.optional);
  Json out = Json::object();
  if (!from.is_secret) out["configMapRef"] = reference;
  write(out, "prefix", from.prefix);
  if (from.is_secret) out["secretRef"] = reference;
  return out;
}

}  // namespace podrun::manifest
