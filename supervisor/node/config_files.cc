#include "supervisor/node/config_files.h"

#include <set>
#include <utility>

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

pod::ConfigData::Entries entries_of(const Json& object, bool secret) {
  pod::ConfigData::Entries entries;
  const Json data = object.value("data", Json::object());
  for (const auto& [key, value] : data.items()) {
    if (!value.is_string()) continue;
    const auto text = value.get<std::string>();
    entries[key] = secret ? decode_base64(text).value_or("") : text;
  }
  return entries;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

pod::ConfigData config_for(const api::Client& client, const Json& pod) {
  Names config_maps, secrets;
  collect(pod, "initContainers", config_maps, secrets);
  collect(pod, "containers", config_maps, secrets);
  const std::string in_namespace = text_at(pod, "metadata", "namespace");
  pod::ConfigData data;
  data.provided = !config_maps.empty() || !secrets.empty();
  for (const std::string& name : config_maps) {
    const store::Object* object = client.get({"configmaps", in_namespace, name});
    if (object != nullptr) data.config_maps[name] = entries_of(*object->json, false);
  }
  for (const std::string& name : secrets) {
    const store::Object* object = client.get({"secrets", in_namespace, name});
    if (object != nullptr) data.secrets[name] = entries_of(*object->json, true);
  }
  return data;
}

std::optional<std::string> decode_base64(const std::string& text) {
  std::string bytes;
  unsigned buffer = 0;
  int bits = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int digit = base64_digit(c);
    if (digit < 0 || padding > 0) return std::nullopt;
    buffer = ((buffer << 6) | static_cast<unsigned>(digit)) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>((buffer >> bits) & 0xff));
  }
  if (padding > 2 || bits >= 6) return std::nullopt;
  return bytes;
}

}  // namespace podrun::node
