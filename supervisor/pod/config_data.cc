#include "supervisor/pod/config_data.h"

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/error.h"

namespace podrun::pod {
using Json = nlohmann::ordered_json;  // as everywhere: podrun-pod carries one JSON, not two

namespace {

using Objects = std::map<std::string, ConfigData::Entries>;

/// JSON has no room for values of any bytes.
Json encoded(const Objects& objects) {
  Json out = Json::object();
  for (const auto& [name, entries] : objects) {
    Json& object = out[name] = Json::object();
    for (const auto& [key, value] : entries) object[key] = to_base64(value);
  }
  return out;
}

Objects decoded(const Json& json) {
  Objects objects;
  json.get_to(objects);
  for (auto& [name, entries] : objects) {
    for (auto& [key, value] : entries) value = decode_base64(value).value_or("");
  }
  return objects;
}

void read_map(const Json& json, const char* field, std::optional<ConfigData::Entries>& out) {
  if (json.contains(field)) json[field].get_to(out.emplace());
}

}  // namespace

const ConfigData::Entries* ConfigData::find(bool secret, const std::string& name,
                                            bool optional) const {
  const auto& all = secret ? secrets : config_maps;
  const auto found = all.find(name);
  if (found != all.end()) return &found->second;
  if (optional) return nullptr;
  throw Error(std::string(secret ? "secret" : "configmap") + " \"" + name + "\" not found", 0,
              provided ? "" : "ConfigMaps and Secrets need `podrun daemon`");
}

std::string ConfigData::to_json() const {
  Json json{{"configMaps", config_maps}, {"secrets", encoded(secrets)}};
  if (!binary.empty()) json["binary"] = encoded(binary);
  if (!tokens.empty()) json["tokens"] = tokens;
  if (labels) json["labels"] = *labels;
  if (annotations) json["annotations"] = *annotations;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ConfigData ConfigData::from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    ConfigData data;
    json.at("configMaps").get_to(data.config_maps);
    data.secrets = decoded(json.at("secrets"));
    if (json.contains("binary")) data.binary = decoded(json["binary"]);
    if (json.contains("tokens")) json["tokens"].get_to(data.tokens);
    read_map(json, "labels", data.labels);
    read_map(json, "annotations", data.annotations);
    data.provided = true;
    return data;
  } catch (const nlohmann::json::exception& error) {
    throw BadInput(std::string("config.json: ") + error.what());
  }
}

std::string token_key(const std::string& audience, long long seconds) {
  return std::to_string(seconds) + " " + audience;
}

}  // namespace podrun::pod
