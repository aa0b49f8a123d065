#include "supervisor/manifest/pod_template.h"

#include "supervisor/manifest/defaults.h"
#include "supervisor/manifest/json_fields.h"
#include "supervisor/manifest/structure.h"
#include "supervisor/manifest/validate_affinity.h"
#include "supervisor/manifest/validate_parts.h"
#include "supervisor/manifest/validate_pod_settings.h"

namespace podrun::manifest {

PodSpec admit_pod_spec(const Path& path, Json& spec, Report& report) {
  check_spec_structure(path, spec, report);
  Pod pod;
  pod.spec = spec_from_json(spec);
  set_defaults(pod);
  fill(spec, to_json(pod.spec));
  // A negative one has become 1.
  spec["terminationGracePeriodSeconds"] = pod.spec.termination_grace_period.count();
  validate_spec(path, pod.spec, report);
  if (const Json* affinity = find(spec, "affinity")) {
    validate_affinity(path / "affinity", *affinity, report);
  }
  validate_pod_settings(path, spec, report);
  return std::move(pod.spec);
}

PodSpec admit_pod_template(const Path& path, Json& pod_template, Report& report) {
  // Without "metadata" in the paths: as pkg/apis/core/validation, ValidatePodTemplateSpec.
  Json& metadata = object_at(pod_template, "metadata");
  validate_labels(path / "labels", map_at(metadata, "labels"), report);
  validate_annotations(path / "annotations", map_at(metadata, "annotations"), report);
  return admit_pod_spec(path / "spec", object_at(pod_template, "spec"), report);
}

void admit_template(const Path& path, Json& pod_template, const std::string& kind, Report& report) {
  const PodSpec spec = admit_pod_template(path, pod_template, report);
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
