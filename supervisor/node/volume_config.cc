#include "supervisor/node/volume_config.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "supervisor/manifest/json_fields.h"
#include "supervisor/node/pod_object.h"

namespace podrun::node {
namespace {

constexpr Seconds kLongestUse{24 * 3600};  // kubelet replaces a token after a day at the latest

/// Adds what one source of files names.
struct Collector {
  const Json& pod;
  VolumeNeeds& needs;

  void operator()(const manifest::ConfigMapVolume& map) const {
    needs.config_maps.insert(map.name);
  }
  void operator()(const manifest::SecretVolume& secret) const {
    needs.secrets.insert(secret.secret_name);
  }
  void operator()(const manifest::DownwardVolume&) const { needs.labels = true; }
  void operator()(const manifest::TokenProjection& token) const {
    api::TokenOrder order;
    order.namespace_ = text_at(pod, "metadata", "namespace");
    order.account = text_at(pod, "spec", "serviceAccountName");
    if (!token.audience.empty()) order.audiences.push_back(token.audience);
    order.life = Seconds(token.expiration_seconds);
    order.pod = text_at(pod, "metadata", "name");
    order.pod_uid = uid_of(pod);
    needs.tokens.push_back(std::move(order));
  }
  void operator()(const manifest::ProjectedVolume& volume) const {
    for (const auto& source : volume.sources) std::visit(*this, source);
  }
  void operator()(const manifest::EmptyDirVolume&) const {}
  void operator()(const manifest::HostPathVolume&) const {}
  void operator()(const manifest::UnsupportedVolume&) const {}
};

std::string key_of(const api::TokenOrder& order) {
  return pod::token_key(order.audiences.empty() ? "" : order.audiences.front(), order.life.count());
}

}  // namespace

VolumeNeeds volume_needs(const Json& pod) {
  VolumeNeeds needs;
  const auto spec = pod.find("spec");
  if (spec == pod.end()) return needs;
  for (const Json& each : spec->value("volumes", Json::array())) {
    std::visit(Collector{pod, needs}, manifest::volume_from_json(each).source);
  }
  return needs;
}

std::optional<std::string> PodTokens::get(const api::TokenOrder& order, WallTime now) {
  const std::string key = key_of(order);
  const auto held = held_.find(key);
  if (held != held_.end() && now < held->second.due) return held->second.token;
  if (!issue_) return std::nullopt;
  try {
    api::IssuedToken made = issue_(order);
    const auto use = std::min<Nanoseconds>((made.expires - made.issued) * 4 / 5, kLongestUse);
    held_[key] = {made.token, made.issued + use};
    return made.token;
  } catch (const api::ApiError&) {
    held_.erase(key);
    return std::nullopt;
  }
}

std::optional<WallTime> PodTokens::next_due() const {
  std::optional<WallTime> first;
  for (const auto& [key, held] : held_) first = std::min(first.value_or(held.due), held.due);
  return first;
}

pod::ConfigData volume_config(const api::Client& client, const Json& pod, const VolumeNeeds& needs,
                              PodTokens& tokens, WallTime now) {
  pod::ConfigData data = look_up(client, pod, needs);
  data.provided = true;
  const std::string in_namespace = text_at(pod, "metadata", "namespace");
  for (const std::string& name : needs.config_maps) {
    const store::Object* object = client.get({"configmaps", in_namespace, name});
    if (object == nullptr) continue;
    auto binary = decoded_entries(*object->json, "binaryData");
    if (!binary.empty()) data.binary[name] = std::move(binary);
  }
  for (const api::TokenOrder& order : needs.tokens) {
    if (auto token = tokens.get(order, now)) data.tokens[key_of(order)] = std::move(*token);
  }
  return data;
}

}  // namespace podrun::node
