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
constexpr PatchField keyed_too(PatchField field, std::string_view key,
                               std::string_view otherwise = "") {
  field.second_key = key;
  field.second_default = otherwise;
  return field;
}
constexpr PatchField replaced_by_apply(PatchField field) {
  field.atomic_list = true;
  return field;
}

constexpr PatchSchema kAtomic{{}, true};

constexpr PatchField kMetaFields[] = {merged("ownerReferences", "uid", &kAtomic),
                                      scalars("finalizers")};
constexpr PatchSchema kMeta{kMetaFields};

constexpr PatchField kEnvSourceFields[] = {
    object("configMapKeyRef", kAtomic), object("fieldRef", kAtomic), object("fileKeyRef", kAtomic),
    object("resourceFieldRef", kAtomic), object("secretKeyRef", kAtomic)};
constexpr PatchSchema kEnvSource{kEnvSourceFields};
constexpr PatchField kEnvFields[] = {object("valueFrom", kEnvSource)};
constexpr PatchSchema kEnv{kEnvFields};
constexpr PatchField kContainerFields[] = {
    keyed_too(merged("ports", "containerPort"), "protocol", "TCP"), merged("env", "name", &kEnv),
    merged("volumeMounts", "mountPath"), merged("volumeDevices", "devicePath")};
constexpr PatchSchema kContainer{kContainerFields};

constexpr PatchField kNodeAffinityFields[] = {
    object("requiredDuringSchedulingIgnoredDuringExecution", kAtomic)};
constexpr PatchSchema kNodeAffinity{kNodeAffinityFields};
constexpr PatchField kAffinityFields[] = {object("nodeAffinity", kNodeAffinity)};
constexpr PatchSchema kAffinity{kAffinityFields};

constexpr PatchField kPodSpecFields[] = {
    retaining(merged("volumes", "name")),
    merged("initContainers", "name", &kContainer),
    merged("containers", "name", &kContainer),
    merged("ephemeralContainers", "name", &kContainer),
    merged("imagePullSecrets", "name", &kAtomic),
    merged("hostAliases", "ip"),
    keyed_too(merged("topologySpreadConstraints", "topologyKey"), "whenUnsatisfiable"),
    merged("schedulingGates", "name"),
    retaining(merged("resourceClaims", "name")),
    object("affinity", kAffinity),
    object("nodeSelector", kAtomic),
};
constexpr PatchSchema kPodSpec{kPodSpecFields};
constexpr PatchField kPodStatusFields[] = {merged("conditions", "type"), merged("podIPs", "ip"),
                                           replaced_by_apply(merged("hostIPs", "ip")),
                                           merged("resourceClaimStatuses", "name")};
constexpr PatchSchema kPodStatus{kPodStatusFields};
constexpr PatchField kPodFields[] = {object("metadata", kMeta), object("spec", kPodSpec),
                                     object("status", kPodStatus)};
constexpr PatchSchema kPod{kPodFields};

constexpr PatchField kTemplateFields[] = {object("metadata", kMeta), object("spec", kPodSpec)};
constexpr PatchSchema kTemplate{kTemplateFields};
constexpr PatchField kConditionsFields[] = {merged("conditions", "type")};
constexpr PatchSchema kConditions{kConditionsFields};
constexpr PatchField kWorkloadSpecFields[] = {object("selector", kAtomic),
                                              object("template", kTemplate)};
constexpr PatchSchema kWorkloadSpec{kWorkloadSpecFields};
constexpr PatchField kWorkloadFields[] = {object("metadata", kMeta), object("spec", kWorkloadSpec),
                                          object("status", kConditions)};
constexpr PatchSchema kWorkload{kWorkloadFields};

constexpr PatchField kJobStatusFields[] = {replaced_by_apply(merged("conditions", "type"))};
constexpr PatchSchema kJobStatus{kJobStatusFields};
constexpr PatchField kJobFields[] = {object("metadata", kMeta), object("spec", kWorkloadSpec),
                                     object("status", kJobStatus)};
constexpr PatchSchema kJob{kJobFields};

constexpr PatchField kJobTemplateFields[] = {object("metadata", kMeta),
                                             object("spec", kWorkloadSpec)};
constexpr PatchSchema kJobTemplate{kJobTemplateFields};
constexpr PatchField kCronJobSpecFields[] = {object("jobTemplate", kJobTemplate)};
constexpr PatchSchema kCronJobSpec{kCronJobSpecFields};
constexpr PatchField kCronJobFields[] = {object("metadata", kMeta), object("spec", kCronJobSpec)};
constexpr PatchSchema kCronJob{kCronJobFields};

constexpr PatchField kDeploymentSpecFields[] = {
    object("selector", kAtomic), retaining({"strategy"}), object("template", kTemplate)};
constexpr PatchSchema kDeploymentSpec{kDeploymentSpecFields};
constexpr PatchField kDeploymentFields[] = {
    object("metadata", kMeta), object("spec", kDeploymentSpec), object("status", kConditions)};
constexpr PatchSchema kDeployment{kDeploymentFields};

constexpr PatchField kServiceSpecFields[] = {keyed_too(merged("ports", "port"), "protocol", "TCP"),
                                             object("selector", kAtomic)};
constexpr PatchSchema kServiceSpec{kServiceSpecFields};
constexpr PatchField kServiceFields[] = {object("metadata", kMeta), object("spec", kServiceSpec),
                                         object("status", kConditions)};
constexpr PatchSchema kService{kServiceFields};

constexpr PatchField kServiceAccountFields[] = {
    object("metadata", kMeta), merged("secrets", "name", &kAtomic),
    replaced_by_apply(merged("imagePullSecrets", "name"))};
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

constexpr PatchField kEventFields[] = {object("metadata", kMeta), object("involvedObject", kAtomic),
                                       object("related", kAtomic), object("regarding", kAtomic)};
constexpr PatchSchema kEvent{kEventFields};

constexpr PatchField kPlainFields[] = {object("metadata", kMeta)};
constexpr PatchSchema kPlain{kPlainFields};

struct KindSchema {
  std::string_view kind;
  const PatchSchema* schema;
};
constexpr std::array kKinds = std::to_array<KindSchema>({
    {"Pod", &kPod},
    {"ReplicationController", &kWorkload},
    {"ReplicaSet", &kWorkload},
    {"Deployment", &kDeployment},
    {"Service", &kService},
    {"ServiceAccount", &kServiceAccount},
    {"Node", &kNode},
    {"Namespace", &kNamespace},
    {"Event", &kEvent},
    {"DaemonSet", &kWorkload},
    {"Job", &kJob},
    {"CronJob", &kCronJob},
});

}  // namespace

ListKind list_kind(const PatchField* field) {
  if (field == nullptr || !field->merge || field->atomic_list) return ListKind::kAtomic;
  return field->merge_key.empty() ? ListKind::kSet : ListKind::kMap;
}

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
