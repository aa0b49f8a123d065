#include "supervisor/manifest/json_env.h"

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

DownwardFile downward_file_from_json(const Json& json) {
  DownwardFile file;
  read_with(json, "fieldRef", file.field, field_selector_from_json);
  read(json, "mode", file.mode);
  read(json, "path", file.path);
  read_with(json, "resourceFieldRef", file.resource, resource_selector_from_json);
  return file;
}

DownwardVolume downward_from_json(const Json& json) {
  DownwardVolume volume;
  read(json, "defaultMode", volume.default_mode);
  read_list(json, "items", volume.items, downward_file_from_json);
  return volume;
}

TokenProjection token_from_json(const Json& json) {
  TokenProjection token;
  read(json, "audience", token.audience);
  read(json, "expirationSeconds", token.expiration_seconds);
  read(json, "path", token.path);
  return token;
}

ProjectedVolume::Source projection_from_json(const Json& json) {
  ProjectedVolume::Source source = UnsupportedVolume{};
  for (const auto& [field, content] : json.items()) {
    if (content.is_null()) continue;
    object_of(field.c_str(), content);
    if (field == "configMap") {
      source = config_map_from_json(content);
    } else if (field == "secret") {
      SecretVolume secret = secret_from_json(content);
      read(content, "name", secret.secret_name);
      source = std::move(secret);
    } else if (field == "downwardAPI") {
      source = downward_from_json(content);
    } else if (field == "serviceAccountToken") {
      source = token_from_json(content);
    } else {
      source = UnsupportedVolume{field};
    }
  }
  return source;
}

ProjectedVolume projected_from_json(const Json& json) {
  ProjectedVolume volume;
  read(json, "defaultMode", volume.default_mode);
  read_list(json, "sources", volume.sources, projection_from_json);
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

Json to_json(const DownwardFile& file) {
  Json out = Json::object();
  if (file.field) out["fieldRef"] = to_json(*file.field);
  write(out, "mode", file.mode);
  out["path"] = file.path;
  if (file.resource) out["resourceFieldRef"] = to_json(*file.resource);
  return out;
}

constexpr auto kItem = [](const auto& item) { return to_json(item); };

struct ProjectionToJson {
  /// ConfigMaps and Secrets as a projection names them.
  template <class Volume>
  static Json object_source(const std::string& name, const Volume& volume) {
    Json out = Json::object();
    write_list(out, "items", volume.items, kItem);
    write(out, "name", name);
    write(out, "optional", volume.optional);
    return out;
  }
  Json operator()(const ConfigMapVolume& volume) const {
    return {{"configMap", object_source(volume.name, volume)}};
  }
  Json operator()(const SecretVolume& volume) const {
    return {{"secret", object_source(volume.secret_name, volume)}};
  }
  Json operator()(const DownwardVolume& volume) const {
    Json out = Json::object();
    write_list(out, "items", volume.items, kItem);
    return {{"downwardAPI", std::move(out)}};
  }
  Json operator()(const TokenProjection& token) const {
    Json out = Json::object();
    write(out, "audience", token.audience);
    out["expirationSeconds"] = token.expiration_seconds;
    out["path"] = token.path;
    return {{"serviceAccountToken", std::move(out)}};
  }
  Json operator()(const UnsupportedVolume& source) const {
    Json out = Json::object();
    if (!source.kind.empty()) out[source.kind] = Json::object();
    return out;
  }
};

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
    write_list(out, "items", volume.items, kItem);
    write(out, "name", volume.name);
    write(out, "optional", volume.optional);
    return {"configMap", std::move(out)};
  }
  Field operator()(const SecretVolume& volume) const {
    Json out{{"defaultMode", volume.default_mode}};
    write_list(out, "items", volume.items, kItem);
    write(out, "optional", volume.optional);
    write(out, "secretName", volume.secret_name);
    return {"secret", std::move(out)};
  }
  Field operator()(const DownwardVolume& volume) const {
    Json out{{"defaultMode", volume.default_mode}};
    write_list(out, "items", volume.items, kItem);
    return {"downwardAPI", std::move(out)};
  }
  Field operator()(const ProjectedVolume& volume) const {
    Json out{{"defaultMode", volume.default_mode}};
    write_list(out, "sources", volume.sources,
               [](const auto& source) { return std::visit(ProjectionToJson{}, source); });
    return {"projected", std::move(out)};
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
    } else if (field == "downwardAPI") {
      volume.source = downward_from_json(content);
    } else if (field == "projected") {
      volume.source = projected_from_json(content);
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
