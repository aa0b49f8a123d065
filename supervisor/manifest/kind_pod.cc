// core/v1 Pod: with what Kubernetes' admission plugins add, and what an update may change.
#include <algorithm>

#include "supervisor/manifest/default_tolerations.h"
#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/label_keys.h"
#include "supervisor/manifest/pod_template.h"
#include "supervisor/manifest/priority.h"

namespace podrun::manifest {

namespace {

/// Whether one of the pod's tolerations covers the taint `key`:NoExecute.
bool tolerates(const Json& tolerations, std::string_view key) {
  return std::any_of(tolerations.begin(), tolerations.end(), [&](const Json& toleration) {
    const std::string effect = text_at(toleration, "effect");
    const std::string tolerated = text_at(toleration, "key");
    return (effect.empty() || effect == "NoExecute") && (tolerated.empty() || tolerated == key);
  });
}

/// plugin/pkg/admission: DefaultTolerationSeconds, Priority. What a pod may not say of its priority
/// is not looked at here.
void add_admission_defaults(Json& spec) {
  set_default(spec, "priority", priority_of_class(text_at(spec, "priorityClassName")).value_or(0));
  set_default(spec, "preemptionPolicy", kPreemptionPolicy);
  const std::pair<const char*, Seconds> tolerated[] = {
      {"node.kubernetes.io/not-ready", default_tolerations().not_ready},
      {"node.kubernetes.io/unreachable", default_tolerations().unreachable}};
  for (const auto& [key, seconds] : tolerated) {
    if (tolerates(list_at(spec, "tolerations"), key)) continue;
    spec["tolerations"].push_back({{"effect", "NoExecute"},
                                   {"key", key},
                                   {"operator", "Exists"},
                                   {"tolerationSeconds", seconds.count()}});
  }
}

constexpr const char* kUpdateRule =
    "pod updates may not change fields other than "
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// What differs, one line each: "  spec.containers[0].ports".
void list_changes(const std::string& path, const Json& before, const Json& after,
                  std::string& out) {
  constexpr std::size_t kMostShown = 2000;
  if (before == after || out.size() > kMostShown) return;
  if (before.is_object() && after.is_object()) {
    for (const auto& [field, value] : after.items()) {
      const Json* was = find(before, field);
      list_changes(path + "." + field, was == nullptr ? Json() : *was, value, out);
    }
    for (const auto& [field, value] : before.items()) {
      if (!after.contains(field)) out += "\n  " + path + "." + field;
    }
  } else if (before.is_array() && after.is_array() && before.size() == after.size()) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      list_changes(path + "[" + std::to_string(i) + "]", before[i], after[i], out);
    }
  } else {
    out += "\n  " + path;
  }
}

void check_deadline(const Path& path, const Json& before, const Json& after, Report& report) {
  const Json* was = find(before, "activeDeadlineSeconds");
  if (was == nullptr) return;
  const Json* now = find(after, "activeDeadlineSeconds");
  if (now == nullptr) {
    report.invalid_shown(path, "null", "must not update from a positive integer to nil value");
  } else if (now->get<std::int64_t>() > was->get<std::int64_t>()) {
    report.invalid(path, now->get<std::int64_t>(), "must be less than or equal to previous value");
  }
}

void check_tolerations(const Path& path, const Json& before, const Json& after, Report& report) {
  const auto without_seconds = [](Json toleration) {
    toleration.erase("tolerationSeconds");
    return toleration;
  };
  for (const Json& old : list_at(before, "tolerations")) {
    const Json& now = list_at(after, "tolerations");
    const bool kept = std::any_of(now.begin(), now.end(), [&](const Json& toleration) {
      return without_seconds(toleration) == without_seconds(old);
    });
    if (!kept) {
      report.forbidden(path,
                       "existing toleration can not be modified except its tolerationSeconds");
      return;
    }
  }
}

/// Gates are lifted one by one, and none is put up again.
void check_gates(const Path& path, const Json& before, const Json& after, Report& report) {
  const Json& old = list_at(before, "schedulingGates");
  for (const Json& gate : list_at(after, "schedulingGates")) {
    const std::string name = text_at(gate, "name");
    const bool known = std::any_of(old.begin(), old.end(), [&](const Json& present) {
      return text_at(present, "name") == name;
    });
    if (known) continue;
    report.forbidden(path,
                     "only deletion is allowed, but found new scheduling gate '" + name + "'");
  }
}

/// `after` with everything that an update may change as it was before.
Json with_old_mutables(const Json& before, Json after) {
  for (const char* list : {"containers", "initContainers"}) {
    Json* containers = find(after, list);
    const Json& old = list_at(before, list);
    if (containers == nullptr) continue;
    for (std::size_t i = 0; i < containers->size() && i < old.size(); ++i) {
      (*containers)[i]["image"] = text_at(old[i], "image");
    }
  }
  for (const char* field : {"activeDeadlineSeconds", "schedulingGates", "tolerations"}) {
    after.erase(field);
    if (const Json* was = find(before, field)) after[field] = *was;
  }
  // Binding a pod to its node: from nothing only.
  if (find(before, "nodeName") == nullptr) after.erase("nodeName");
  if (number_at(before, "terminationGracePeriodSeconds") < 0 &&
      number_at(after, "terminationGracePeriodSeconds") == 1) {
    after["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"];
  }
  sort_fields(after);
  return after;
}

/// pkg/apis/core/validation, ValidatePodUpdate. Both specs have their fields sorted.
void validate_update(const Path& path, const Json& before, const Json& after, Report& report) {
  bool same_count = true;
  for (const char* list : {"containers", "initContainers"}) {
    if (list_at(before, list).size() == list_at(after, list).size()) continue;
    report.forbidden(path / list, "pod updates may not add or remove containers");
    same_count = false;
  }
  if (!same_count) return;
  check_deadline(path / "activeDeadlineSeconds", before, after, report);
  check_tolerations(path / "tolerations", before, after, report);
  check_gates(path / "schedulingGates", before, after, report);
  const Json comparable = with_old_mutables(before, after);
  if (comparable == before) return;
  std::string changes;
  list_changes("spec", before, comparable, changes);
  report.forbidden(path, kUpdateRule + changes);
}

}  // namespace

DefaultTolerations& default_tolerations() {
  static DefaultTolerations tolerations;
  return tolerations;
}

std::optional<std::int64_t> priority_of_class(std::string_view name) {
  constexpr std::int64_t kSystem = 2000000000;
  if (name.empty()) return 0;
  if (name == "system-cluster-critical") return kSystem;
  if (name == "system-node-critical") return kSystem + 1000;
  return std::nullopt;
}

void admit_pod(Intake& in) {
  object_at(in.object, "status");
  Json& spec = object_at(in.object, "spec");
  add_admission_defaults(spec);
  // plugin/pkg/admission/serviceaccount: a new pod's only.
  if (in.old == nullptr && find(spec, "serviceAccount") == nullptr) {
    set_default(spec, "serviceAccountName", "default");
  }
  // Of one that is made only: what is stored has them, and its status comes this way, too.
  if (Json* affinity = find(spec, "affinity"); affinity != nullptr && in.newcomer != nullptr) {
    merge_label_keys(*affinity, map_at(in.object["metadata"], "labels"));
  }
  const PodSpec typed = admit_pod_spec(in.path / "spec", spec, in.report);
  if (in.old != nullptr) {
    if (const Json* before = find(*in.old, "spec")) {
      // Fields in another order are no change.
      Json sorted = *before;
      sort_fields(sorted);
      sort_fields(spec);
      validate_update(in.path / "spec", sorted, spec, in.report);
    }
    return;
  }
  if (!typed.node_name.empty() && !list_at(in.object["spec"], "schedulingGates").empty()) {
    in.report.forbidden(in.path / "spec" / "nodeName",
                        "cannot be set until all schedulingGates have been cleared");
  }
  Json& status = object_at(in.object, "status");
  set_default(status, "phase", "Pending");
  set_default(status, "qosClass", to_string(qos_class(typed)));
}

}  // namespace podrun::manifest
