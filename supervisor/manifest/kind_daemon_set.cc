// apps/v1 DaemonSet; apps/v1beta2 and extensions/v1beta1 on the way in.
#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/go_text.h"
#include "supervisor/manifest/int_or_percent.h"
#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/label_selector.h"
#include "supervisor/manifest/validate_selector.h"
#include "supervisor/manifest/workload.h"

namespace podrun::manifest {

namespace {

constexpr const char* kGeneration = "deprecated.daemonset.template.generation";

void set_defaults(Json& spec, bool is_oldest) {
  set_default(spec, "revisionHistoryLimit", 10);
  Json& strategy = object_at(spec, "updateStrategy");
  set_default(strategy, "type", is_oldest ? "OnDelete" : "RollingUpdate");
  if (strategy["type"] != "RollingUpdate") return;
  Json& rolling = object_at(strategy, "rollingUpdate");
  set_default(rolling, "maxSurge", 0);
  set_default(rolling, "maxUnavailable", 1);
}

std::int64_t annotated_generation(const Json& object) {
  const Json* annotations = find(find(object, "metadata"), "annotations");
  const std::string text = annotations == nullptr ? "" : text_at(*annotations, kGeneration);
  return std::max<std::int64_t>(1, std::strtoll(text.c_str(), nullptr, 10));
}

/// The count of template changes, which pods carry as a label: a field in v1beta1, an annotation
/// since. A client may say where it begins, and nothing afterwards.
void count_template(Json& object, const Json* old) {
  Json& spec = object_at(object, "spec");
  std::int64_t generation = number_at(spec, "templateGeneration", annotated_generation(object));
  spec.erase("templateGeneration");
  if (old != nullptr) {
    Json before = find(*old, "spec") == nullptr ? Json() : (*old)["spec"].value("template", Json());
    Json now = object["spec"].value("template", Json());
    sort_fields(before);
    sort_fields(now);
    generation = annotated_generation(*old);
    if (before != now && generation < std::numeric_limits<std::int64_t>::max()) ++generation;
  }
  object_at(object_at(object, "metadata"), "annotations")[kGeneration] =
      std::to_string(std::max<std::int64_t>(1, generation));
}

void check_selector(const Path& path, const Json& spec, const StringMap& labels, Report& report) {
  const Json* selector = find(spec, "selector");
  const Path pod_template = path / "template";
  if (selector == nullptr) {
    report.invalid_shown(pod_template / "metadata" / "labels", go_text(labels),
                         "`selector` does not match template `labels`");
    return;
  }
  if (validate_label_selector(path / "selector", *selector, report)) {
    check_template_labels(pod_template, *selector, labels, report);
  }
  if (list_at(*selector, "matchExpressions").empty() && map_at(*selector, "matchLabels").empty()) {
    report.invalid_shown(path / "selector", go_selector_text(*selector),
                         "empty selector is invalid for daemonset");
  }
}

void check_rolling_update(const Path& path, const Json& rolling, Report& report) {
  const Json& unavailable = rolling["maxUnavailable"];
  const Json& surge = rolling["maxSurge"];
  for (const char* field : {"maxUnavailable", "maxSurge"}) {
    check_int_or_percent(path / field, rolling[field], report);
  }
  for (const char* field : {"maxUnavailable", "maxSurge"}) {
    check_at_most_all(path / field, rolling[field], report);
  }
  if (!is_zero_share(unavailable) && !is_zero_share(surge)) {
    report.invalid_shown(path / "maxSurge", shown_int_or_percent(surge),
                         "may not be set when maxUnavailable is non-zero");
  } else if (is_zero_share(unavailable) && is_zero_share(surge)) {
    report.required(path / "maxUnavailable", "cannot be 0 when maxSurge is 0");
  }
}

void check_strategy(const Path& path, const Json& strategy, Report& report) {
  const std::string type = text_at(strategy, "type");
  if (type == "RollingUpdate") {
    check_rolling_update(path / "rollingUpdate", strategy["rollingUpdate"], report);
  } else if (type != "OnDelete") {
    // The whole strategy, as Go prints it, but for an address.
    const bool has_rolling = find(strategy, "rollingUpdate") != nullptr;
    report.error(path, "Unsupported value: apps.DaemonSetUpdateStrategy{Type:" + go_quote(type) +
                           ", RollingUpdate:(*apps.RollingUpdateDaemonSet)(" +
                           (has_rolling ? "0xc000000000" : "nil") +
                           ")}: supported values: \"RollingUpdate\", \"OnDelete\"");
  }
}

}  // namespace

void admit_daemon_set(Intake& in) {
  const bool is_oldest = in.rule.group == "extensions";
  Json& status = object_at(in.object, "status");
  for (const char* field :
       {"currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady"}) {
    set_default(status, field, 0);
  }
  if (is_oldest) default_from_template(in.object);
  Json& spec = object_at(in.object, "spec");
  set_defaults(spec, is_oldest);
  const Path path = in.path / "spec";
  Json& pod_template = object_at(spec, "template");
  const StringMap labels = map_at(object_at(pod_template, "metadata"), "labels");
  check_selector(path, spec, labels, in.report);
  admit_template(path / "template", pod_template, "DaemonSet", in.report);
  check_not_negative(path, spec, "minReadySeconds", in.report);
  check_strategy(path / "updateStrategy", spec["updateStrategy"], in.report);
  check_not_negative(path, spec, "revisionHistoryLimit", in.report);
  if (!is_oldest) check_selector_kept(path, spec, in.old, in.report);
  count_template(in.object, in.old);
}

}  // namespace podrun::manifest
