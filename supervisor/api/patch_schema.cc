#include "supervisor/api/patch_schema.h"

#include <algorithm>
#include <array>

namespace podrun::api {
namespace {

constexpr PatchField merged(std::string_view name, std::string_view key,
                            const PatchSchema* schema = nullptr) {
  return {name, true, key, schema};
}
constexpr PatchField scalars(std::string_view name) { return {name, true, "", nullptr}; }
constexpr PatchField object(std::string_view name, const PatchSchema& schema) {
  return {name, false, "", &schema};
}

constexpr PatchField retaining(PatchField field) {
  field.retain_keys = true;
  return field;
}

constexpr PatchField kMetaFields[] = {merged("ownerReferences", "uid"), scalars("finalizers")};
constexpr PatchSchema kMeta{kMetaFields};

constexpr PatchField kContainerFields[] = {merged("ports", "containerPort"), merged("env", "name"),
                                           merged("volumeMounts", "mountPath"),
                                           merged("volumeDevices", "devicePath")};
constexpr PatchSchema kContainer{kContainerFields};

constexpr PatchField kPodSpecFields[] = {
    retaining(merged("volumes", "name")),
    merged("initContainers", "name", &kContainer),
    merged("containers", "name", &kContainer),
    merged("ephemeralContainers", "name", &kContainer),
    merged("imagePullSecrets", "name"),
    merged("hostAliases", "ip"),
    merged("topologySpreadConstraints", "topologyKey"),
    merged("schedulingGates", "name"),
    retaining(merged("resourceClaims", "name")),
};
constexpr PatchSchema kPodSpec{kPodSpecFields};
constexpr PatchField kPodStatusFields[] = {merged("conditions", "type"), merged("podIPs", "ip"),
                                           merged("hostIPs", "ip"),
                                           merged("resourceClaimStatuses", "name")};
constexpr PatchSchema kPodStatus{kPodStatusFields};
constexpr PatchField kPodFields[] = {object("metadata", kMeta), object("spec", kPodSpec),
                                     object("status", kPodStatus)};
constexpr PatchSchema kPod{kPodFields};

constexpr PatchField kTemplateFields[] = {object("metadata", kMeta), object("spec", kPodSpec)};
constexpr PatchSchema kTemplate{kTemplateFields};
constexpr PatchField kConditionsFields[] = {merged("conditions", "type")};
constexpr PatchSchema kConditions{kConditionsFields};
constexpr PatchField kWorkloadSpecFields[] = {object("template", kTemplate)};
constexpr PatchSchema kWorkloadSpec{kWorkloadSpecFields};
constexpr PatchField kWorkloadFields[] = {object("metadata", kMeta), object("spec", kWorkloadSpec),
                                          object("status", kConditions)};
constexpr PatchSchema kWorkload{kWorkloadFields};

constexpr PatchField kDeploymentSpecFields[] = {retaining({"strategy"}),
                                                object("template", kTemplate)};
constexpr PatchSchema kDeploymentSpec{kDeploymentSpecFields};
constexpr PatchField kDeploymentFields[] = {
    object("metadata", kMeta), object("spec", kDeploymentSpec), object("status", kConditions)};
constexpr PatchSchema kDeployment{kDeploymentFields};

constexpr PatchField kServiceSpecFields[] = {merged("ports", "port")};
constexpr PatchSchema kServiceSpec{kServiceSpecFields};
constexpr PatchField kServiceFields[] = {object("metadata", kMeta), object("spec", kServiceSpec),
                                         object("status", kConditions)};
constexpr PatchSchema kService{kServiceFields};

constexpr PatchField kServiceAccountFields[] = {
    object("metadata", kMeta), merged("secrets", "name"), merged("imagePullSecrets", "name")};
constexpr PatchSchema kServiceAccount{kServiceAccountFields};

constexpr PatchField kNodeSpecFields[] = {scalars("podCIDRs")};
constexpr PatchSchema kNodeSpec{kNodeSpecFields};
constexpr PatchField kNodeStatusFields[] = {merged("conditions", "type"),
                                            merged("addresses", "type")};
constexpr PatchSchema kNodeStatus{kNodeStatusFields};
constexpr PatchField kNodeFields[] = {object("metadata", kMeta), object("spec", kNodeSpec),
                                      object("status", kNodeStatus)};
constexpr PatchSchema kNode{kNodeFields};

constexpr PatchField kNamespaceFields[] = {object("metadata", kMeta),
                                           object("status", kConditions)};
constexpr PatchSchema kNamespace{kNamespaceFields};

constexpr PatchField kPlainFields[] = {object("metadata", kMeta)};
constexpr PatchSchema kPlain{kPlainFields};

struct KindSchema {
  std::string_view kind;
  const PatchSchema* schema;
};
constexpr std::array<KindSchema, 8> kKinds{{
    {"Pod", &kPod},
    {"ReplicationController", &kWorkload},
    {"ReplicaSet", &kWorkload},
    {"Deployment", &kDeployment},
    {"Service", &kService},
    {"ServiceAccount", &kServiceAccount},
    {"Node", &kNode},
    {"Namespace", &kNamespace},
}};

}  // namespace

const PatchField* PatchSchema::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const PatchField& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

const PatchSchema& patch_schema(std::string_view kind) {
  for (const KindSchema& entry : kKinds) {
    if (entry.kind == kind) return *entry.schema;
  }
  return kPlain;
}

}  // namespace podrun::api
