#include "supervisor/manifest/json_fields.h"

namespace podrun::manifest {

namespace {

EmptyDirVolume empty_dir_from_json(const Json& json) {
  EmptyDirVolume volume;
  read(json, "medium", volume.medium);
  read(json, "sizeLimit", volume.size_limit);
  return volume;
}

HostPathVolume host_path_from_json(const Json& json) {
  HostPathVolume volume;
  read(json, "path", volume.path);
  read(json, "type", volume.type);
  return volume;
}

KeyToPath item_from_json(const Json& json) {
  KeyToPath item;
  read(json, "key", item.key);
  read(json, "mode", item.mode);
  read(json, "path", item.path);
  return item;
}

ConfigMapVolume config_map_from_json(const Json& json) {
  ConfigMapVolume volume;
  read(json, "defaultMode", volume.default_mode);
  read_list(json, "items", volume.items, item_from_json);
  read(json, "name", volume.name);
  read(json, "optional", volume.optional);
  return volume;
}

SecretVolume secret_from_json(const Json& json) {
  SecretVolume volume;
  read(json, "defaultMode", volume.default_mode);
  read_list(json, "items", volume.items, item_from_json);
  read(json, "optional", volume.optional);
  read(json, "secretName", volume.secret_name);
  return volume;
}

Json to_json(const KeyToPath& item) {
  Json out{{"key", item.key}};
  write(out, "mode", item.mode);
  out["path"] = item.path;
  return out;
}

/// The field of a source within its volume, and its content.
using Field = std::pair<std::string, Json>;

struct SourceToJson {
  Field operator()(const EmptyDirVolume& volume) const {
    Json out = Json::object();
    write(out, "medium", volume.medium);
    if (volume.size_limit) out["sizeLimit"] = volume.size_limit->text();
    return {"emptyDir", std::move(out)};
  }
  Field operator()(const HostPathVolume& volume) const {
    return {"hostPath", Json{{"path", volume.path}, {"type", volume.type}}};
  }
  Field operator()(const ConfigMapVolume& volume) const {
    Json out{{"defaultMode", volume.default_mode}};
    write_list(out, "items", volume.items, [](const KeyToPath& item) { return to_json(item); });
    write(out, "name", volume.name);
    write(out, "optional", volume.optional);
    return {"configMap", std::move(out)};
  }
  Field operator()(const SecretVolume& volume) const {
    Json out{{"defaultMode", volume.default_mode}};
    write_list(out, "items", volume.items, [](const KeyToPath& item) { return to_json(item); });
    write(out, "optional", volume.optional);
    write(out, "secretName", volume.secret_name);
    return {"secret", std::move(out)};
  }
  Field operator()(const UnsupportedVolume& volume) const { return {volume.kind, Json::object()}; }
};

}  // namespace

Volume volume_from_json(const Json& json) {
  Volume volume;
  read(json, "name", volume.name);
  for (const auto& [field, content] : json.items()) {
    if (field == "name" || content.is_null()) continue;
    object_of(field.c_str(), content);
    if (field == "emptyDir") {
      volume.source = empty_dir_from_json(content);
    } else if (field == "hostPath") {
      volume.source = host_path_from_json(content);
    } else if (field == "configMap") {
      volume.source = config_map_from_json(content);
    } else if (field == "secret") {
      volume.source = secret_from_json(content);
    } else {
      volume.source = UnsupportedVolume{field};
    }
  }
  return volume;
}

Json to_json(const Volume& volume) {
  auto [field, content] = std::visit(SourceToJson{}, volume.source);
  Json out = Json::object();
  if (field < "name") out[field] = content;
  out["name"] = volume.name;
  if (field > "name") out[field] = content;
  return out;
}

}  // namespace podrun::manifest
