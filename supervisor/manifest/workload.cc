#include "supervisor/manifest/workload.h"

#include "supervisor/manifest/label_selector.h"
#include "supervisor/manifest/validate_selector.h"

namespace podrun::manifest {

void check_not_negative(const Path& path, const Json& object, const char* field, Report& report) {
  const std::int64_t number = number_at(object, field);
  if (number < 0) report.invalid(path / field, number, "must be greater than or equal to 0");
}

void check_template_labels(const Path& pod_template, const Json& selector, const StringMap& labels,
                           Report& report) {
  if (LabelSelector::from_label_selector(selector).matches(to_json(labels))) return;
  report.invalid_shown(pod_template / "metadata" / "labels", go_text(labels),
                       "`selector` does not match template `labels`");
}

void default_from_template(Json& object) {
  Json& spec = object_at(object, "spec");
  const Json* pod_template = find(spec, "template");
  const Json* metadata = pod_template == nullptr ? nullptr : find(*pod_template, "metadata");
  const StringMap labels = metadata == nullptr ? StringMap() : map_at(*metadata, "labels");
  if (labels.empty()) return;
  set_default(spec, "selector", {{"matchLabels", to_json(labels)}});
  set_default(object_at(object, "metadata"), "labels", to_json(labels));
}

namespace {

/// False where the template need not be compared with it.
bool check_selector(const Path& path, const Json& selector, Report& report) {
  const bool valid = validate_label_selector(path, selector, report);
  if (list_at(selector, "matchExpressions").empty() && map_at(selector, "matchLabels").empty()) {
    // Kubernetes says "deployment" for a ReplicaSet, too.
    report.invalid_shown(path, go_selector_text(selector),
                         "empty selector is invalid for deployment");
  }
  if (!valid) report.invalid_shown(path, go_selector_text(selector), "invalid label selector");
  return valid;
}

}  // namespace

void check_selector_kept(const Path& spec_path, const Json& spec, const Json* old, Report& report) {
  const Json* before = old == nullptr ? nullptr : find(find(*old, "spec"), "selector");
  const Json* selector = find(spec, "selector");
  if (before == nullptr || selector == nullptr) return;
  Json was = *before;
  Json now = *selector;
  sort_fields(was);
  sort_fields(now);
  if (was != now) {
    report.invalid_shown(spec_path / "selector", go_selector_text(now), "field is immutable");
  }
}

void admit_selector_and_template(Intake& in, const std::string& kind) {
  Json& spec = object_at(in.object, "spec");
  const Path path = in.path / "spec";
  Json& pod_template = object_at(spec, "template");
  const StringMap labels = map_at(object_at(pod_template, "metadata"), "labels");
  const Json* selector = find(spec, "selector");
  if (selector == nullptr) {
    in.report.required(path / "selector");
    // A selector that is not there matches nothing.
    in.report.invalid_shown(path / "template" / "metadata" / "labels", go_text(labels),
                            "`selector` does not match template `labels`");
  } else if (check_selector(path / "selector", *selector, in.report)) {
    check_template_labels(path / "template", *selector, labels, in.report);
  }
  admit_template(path / "template", pod_template, kind, in.report);
  // pkg/registry/apps: of all versions but the oldest.
  if (in.rule.version != "v1beta1") check_selector_kept(path, spec, in.old, in.report);
}

}  // namespace podrun::manifest
