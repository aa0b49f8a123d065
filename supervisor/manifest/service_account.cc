#include "supervisor/manifest/service_account.h"

#include <algorithm>

namespace podrun::manifest {

namespace {

constexpr const char* kVolumePrefix = "kube-api-access-";
constexpr int kTokenSeconds = 3607;
constexpr int kFileMode = 0644;

Json token_volume(const std::string& name) {
  const Json token{
      {"serviceAccountToken", {{"expirationSeconds", kTokenSeconds}, {"path", "token"}}}};
  const Json certificate{{"configMap",
                          {{"items", Json::array({{{"key", "ca.crt"}, {"path", "ca.crt"}}})},
                           {"name", "kube-root-ca.crt"}}}};
  const Json field{{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}};
  const Json space{
      {"downwardAPI", {{"items", Json::array({{{"fieldRef", field}, {"path", "namespace"}}})}}}};
  return {{"name", name},
          {"projected",
           {{"defaultMode", kFileMode}, {"sources", Json::array({token, certificate, space})}}}};
}

/// The name of a token volume that the pod brings along.
std::string present_volume(const Json& spec) {
  for (const Json& volume : list_at(spec, "volumes")) {
    std::string name = text_at(volume, "name");
    if (name.starts_with(kVolumePrefix)) return name;
  }
  return "";
}

bool mounts_token(const Json& container) {
  const Json& mounts = list_at(container, "volumeMounts");
  return std::any_of(mounts.begin(), mounts.end(), [](const Json& mount) {
    return text_at(mount, "mountPath") == kServiceAccountTokenPath;
  });
}

}  // namespace

bool wants_token(const Json& pod, const Json* account) {
  const Json* own = find(find(pod, "spec"), "automountServiceAccountToken");
  if (own == nullptr && account != nullptr) own = find(*account, "automountServiceAccountToken");
  return own == nullptr || *own != Json(false);
}

void mount_token(Json& pod, const std::string& volume) {
  Json& spec = object_at(pod, "spec");
  const std::string present = present_volume(spec);
  const std::string& name = present.empty() ? volume : present;
  bool needed = false;
  for (const char* list : {"initContainers", "containers"}) {
    Json* containers = find(spec, list);
    if (containers == nullptr) continue;
    for (Json& container : *containers) {
      if (mounts_token(container)) continue;
      container["volumeMounts"].push_back(
          {{"mountPath", kServiceAccountTokenPath}, {"name", name}, {"readOnly", true}});
      needed = true;
    }
  }
  if (needed && present.empty()) spec["volumes"].push_back(token_volume(name));
}

}  // namespace podrun::manifest
