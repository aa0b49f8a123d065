#include "supervisor/manifest/pod_template.h"

#include "supervisor/manifest/defaults.h"
#include "supervisor/manifest/json_fields.h"
#include "supervisor/manifest/structure.h"
#include "supervisor/manifest/validate_parts.h"

namespace podrun::manifest {

namespace {

constexpr int kDefaultMode = 0644;
constexpr int kTokenSeconds = 3600;

/// A downward API item's `fieldRef`.
void default_items(Json& items) {
  for (Json& item : items) {
    if (Json* reference = find(item, "fieldRef")) set_default(*reference, "apiVersion", "v1");
    if (Json* reference = find(item, "resourceFieldRef")) set_default(*reference, "divisor", "0");
  }
}

/// Volumes that the typed pod does not carry (pkg/apis/core/v1/defaults.go).
void default_volume(Json& volume) {
  if (Json* downward = find(volume, "downwardAPI"); downward != nullptr && downward->is_object()) {
    set_default(*downward, "defaultMode", kDefaultMode);
    if (Json* items = find(*downward, "items")) default_items(*items);
  }
  Json* projected = find(volume, "projected");
  if (projected == nullptr || !projected->is_object()) return;
  set_default(*projected, "defaultMode", kDefaultMode);
  Json* sources = find(*projected, "sources");
  if (sources == nullptr || !sources->is_array()) return;
  for (Json& source : *sources) {
    Json* token = find(source, "serviceAccountToken");
    if (token != nullptr && token->is_object()) {
      set_default(*token, "expirationSeconds", kTokenSeconds);
    }
    Json* downward = find(source, "downwardAPI");
    Json* items = downward == nullptr ? nullptr : find(*downward, "items");
    if (items != nullptr) default_items(*items);
  }
}

}  // namespace

PodSpec admit_pod_spec(const Path& path, Json& spec, Report& report) {
  check_spec_structure(path, spec, report);
  Pod pod;
  pod.spec = spec_from_json(spec);
  set_defaults(pod);
  fill(spec, to_json(pod.spec));
  // A negative one has become 1.
  spec["terminationGracePeriodSeconds"] = pod.spec.termination_grace_period.count();
  if (Json* volumes = find(spec, "volumes")) {
    for (Json& volume : *volumes) default_volume(volume);
  }
  validate_spec(path, pod.spec, report);
  return std::move(pod.spec);
}

void admit_template(const Path& path, Json& pod_template, const std::string& kind, Report& report) {
  Json& metadata = object_at(pod_template, "metadata");
  validate_labels(path / "metadata" / "labels", map_at(metadata, "labels"), report);
  validate_annotations(path / "metadata" / "annotations", map_at(metadata, "annotations"), report);
  const PodSpec spec = admit_pod_spec(path / "spec", object_at(pod_template, "spec"), report);
  if (spec.restart_policy != RestartPolicy::kAlways) {
    report.not_supported(path / "spec" / "restartPolicy", to_string(spec.restart_policy),
                         {"Always"});
  }
  if (spec.active_deadline) {
    report.forbidden(path / "spec" / "activeDeadlineSeconds",
                     "activeDeadlineSeconds in " + kind + " is not Supported");
  }
}

}  // namespace podrun::manifest
