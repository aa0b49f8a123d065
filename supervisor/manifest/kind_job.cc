// batch/v1 Job: its pods are told from others' by labels that its name and uid make.
#include "supervisor/manifest/job_labels.h"
#include "supervisor/manifest/job_spec.h"
#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/label_selector.h"
#include "supervisor/manifest/validate_selector.h"
#include "supervisor/manifest/workload.h"

namespace podrun::manifest {

namespace {

/// A name stays a DNS label with five letters more.
constexpr std::size_t kLongestPrefix = 58;

/// The labels of a Job's pods, by name.
StringMap generated_labels(const Json& metadata) {
  StringMap labels;
  for (const JobLabel& label : kJobLabels) labels[label.name] = text_at(metadata, label.field);
  return labels;
}

/// registry/batch/job, generateSelector. What the user has set stays, and is judged afterwards.
void generate_selector(Json& spec, const Json& metadata) {
  Json& labels = object_at(object_at(object_at(spec, "template"), "metadata"), "labels");
  for (const auto& [key, value] : generated_labels(metadata)) set_default(labels, key, value);
  Json& selected = object_at(object_at(spec, "selector"), "matchLabels");
  set_default(selected, kJobUidLabel, text_at(metadata, "uid"));
}

StringMap template_labels(const Json& spec) {
  const Json* metadata = find(find(spec, "template"), "metadata");
  return metadata == nullptr ? StringMap() : map_at(*metadata, "labels");
}

/// validateGeneratedSelector. A Job of before there were labels with a prefix lives on without
/// them.
void check_generated(const Path& path, const Json& spec, const Json& metadata, const Json* old,
                     Report& report) {
  const Json* selector = find(spec, "selector");
  if (selector == nullptr) return;
  const StringMap expected = generated_labels(metadata);
  const Path labels = path / "template" / "metadata" / "labels";
  const StringMap present = template_labels(spec);
  const StringMap before = old == nullptr ? expected : template_labels((*old)["spec"]);
  const bool had_all = before.count(kJobUidLabel) > 0 && before.count(kJobNameLabel) > 0;
  for (const auto& [key, value] : expected) {
    if (!had_all && key.find('/') != std::string::npos) continue;
    const auto found = present.find(key);
    if (found == present.end()) {
      report.required(labels.key(key), "must be '" + value + "'");
    } else if (found->second != value) {
      report.invalid_shown(labels.key(key), go_text(present), "must be '" + value + "'");
    }
  }
  if (!LabelSelector::from_label_selector(*selector).matches(to_json(expected))) {
    report.invalid_shown(path / "selector", go_selector_text(*selector),
                         "`selector` not auto-generated");
  }
}

void check_selector(const Path& path, const Json& spec, Report& report) {
  const Json* selector = find(spec, "selector");
  const StringMap labels = template_labels(spec);
  if (selector == nullptr) {
    report.required(path / "selector");
    // A selector that is not there matches nothing.
    report.invalid_shown(path / "template" / "metadata" / "labels", go_text(labels),
                         "`selector` does not match template `labels`");
  } else if (validate_label_selector(path / "selector", *selector, report)) {
    check_template_labels(path / "template", *selector, labels, report);
  }
}

/// An Indexed Job's pods are hosts NAME-INDEX.
void check_host_names(const Intake& in, const Json& spec) {
  const std::int64_t completions = number_at(spec, "completions");
  if (text_at(spec, "completionMode") != "Indexed" || completions <= 0) return;
  const std::string name = text_at(in.object["metadata"], "name");
  const std::string longest = name + "-" + std::to_string(completions - 1);
  if (check_dns1123_label(longest).empty()) return;
  in.report.invalid(in.path / "metadata" / "name", name,
                    "will not able to create pod with invalid DNS label: " + longest);
}

/// The field in an order that can be compared; null where it is absent.
Json field_of(const Json& object, const char* field) {
  Json value = object.value(field, Json());
  sort_fields(value);
  return value;
}

/// What may change before a suspended Job first runs: where its pods run.
void drop_placement(Json& pod_template) {
  if (Json* metadata = find(pod_template, "metadata")) {
    metadata->erase("labels");
    metadata->erase("annotations");
  }
  Json* spec = find(pod_template, "spec");
  if (spec == nullptr) return;
  for (const char* field : {"nodeSelector", "tolerations", "schedulingGates"}) spec->erase(field);
  Json* affinity = find(*spec, "affinity");
  if (affinity == nullptr) return;
  affinity->erase("nodeAffinity");
  if (affinity->empty()) spec->erase("affinity");
}

void check_template_kept(const Path& path, const Json& spec, const Json& old, Report& report) {
  Json was = field_of(old["spec"], "template");
  Json now = field_of(spec, "template");
  const std::string shown = now.dump();
  const Json* status = find(old, "status");
  if (truth_at(old["spec"], "suspend") && find(status, "startTime") == nullptr) {
    drop_placement(was);
    drop_placement(now);
  }
  if (was != now) report.invalid_shown(path / "template", shown, "field is immutable");
}

void check_kept(const Path& path, const Json& spec, const Json& old, Report& report) {
  const Json& before = old["spec"];
  const auto immutable = [&](const char* field) {
    const Json now = field_of(spec, field);
    if (now == field_of(before, field)) return;
    report.invalid_shown(path / field,
                         std::string_view(field) == "selector" ? go_selector_text(now) : now.dump(),
                         "field is immutable");
  };
  if (text_at(spec, "completionMode") != "Indexed") {
    immutable("completions");
  } else if (field_of(spec, "completions") != field_of(before, "completions") &&
             number_at(spec, "completions") != number_at(spec, "parallelism")) {
    report.invalid(path / "completions", number_at(spec, "completions"),
                   "can only be modified in tandem with spec.parallelism");
  }
  immutable("selector");
  check_template_kept(path, spec, old, report);
  for (const char* field : {"completionMode", "podFailurePolicy", "backoffLimitPerIndex",
                            "managedBy", "successPolicy"}) {
    immutable(field);
  }
}

/// SetDefaults_Job: those of its pods, where it has none of its own.
void default_labels(Json& metadata, Json& spec) {
  const StringMap labels = map_at(object_at(object_at(spec, "template"), "metadata"), "labels");
  if (map_at(metadata, "labels").empty() && !labels.empty()) metadata["labels"] = to_json(labels);
}

}  // namespace

void admit_job(Intake& in) {
  object_at(in.object, "status");
  object_at(in.object, "spec");
  Json& metadata = in.object["metadata"];
  Json& spec = in.object["spec"];
  const Path path = in.path / "spec";
  const bool is_manual = truth_at(spec, "manualSelector");
  if (in.newcomer != nullptr) {
    metadata["uid"] = in.newcomer->uid;
    const std::string prefix = text_at(metadata, "generateName");
    if (text_at(metadata, "name").empty() && !prefix.empty()) {
      metadata["name"] = prefix.substr(0, kLongestPrefix) + in.newcomer->suffix;
    }
    default_labels(metadata, spec);
    if (!is_manual) generate_selector(spec, metadata);
  }
  if (!is_manual) {
    const Json& known = in.old == nullptr ? metadata : (*in.old)["metadata"];
    check_generated(path, spec, known, in.old, in.report);
  }
  admit_job_spec(path, spec, in.report);
  check_selector(path, spec, in.report);
  check_host_names(in, spec);
  if (in.old != nullptr) check_kept(path, spec, *in.old, in.report);
  default_labels(metadata, spec);
}

}  // namespace podrun::manifest
