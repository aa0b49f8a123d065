// core/v1 Namespace and Node, coordination.k8s.io/v1 Lease, apps/v1 ControllerRevision.
#include "supervisor/manifest/kinds.h"

namespace podrun::manifest {

void admit_namespace(Intake& in) {
  set_default(object_at(in.object, "status"), "phase", "Active");
  object_at(in.object, "spec");
  // The label that selectors of namespaces rely on.
  Json& metadata = in.object["metadata"];
  const std::string name = text_at(metadata, "name");
  if (!name.empty()) object_at(metadata, "labels")["kubernetes.io/metadata.name"] = name;
}

void admit_node(Intake& in) {
  Json& status = object_at(in.object, "status");
  if (const Json* capacity = find(status, "capacity")) {
    set_default(status, "allocatable", Json(*capacity));
  }
  Json& spec = object_at(in.object, "spec");
  const Json& taints = list_at(spec, "taints");
  for (std::size_t i = 0; i < taints.size(); ++i) {
    const Path at = (in.path / "spec" / "taints")[i];
    const std::string key = text_at(taints[i], "key");
    const std::string value = text_at(taints[i], "value");
    const std::string effect = text_at(taints[i], "effect");
    in.report.invalid(at / "key", key, check_qualified_name(key));
    in.report.invalid(at / "value", value, check_label_value(value));
    if (effect.empty()) {
      in.report.required(at / "effect");
    } else if (effect != "NoSchedule" && effect != "PreferNoSchedule" && effect != "NoExecute") {
      in.report.not_supported(at / "effect", effect,
                              {"NoSchedule", "PreferNoSchedule", "NoExecute"});
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (text_at(taints[j], "key") == key && text_at(taints[j], "effect") == effect) {
        in.report.duplicate(at, key + ":" + effect);
      }
    }
  }
}

void admit_lease(Intake& in) {
  Json& spec = object_at(in.object, "spec");
  const Path path = in.path / "spec";
  if (find(spec, "leaseDurationSeconds") != nullptr) {
    const std::int64_t seconds = number_at(spec, "leaseDurationSeconds");
    if (seconds <= 0) {
      in.report.invalid(path / "leaseDurationSeconds", seconds, "must be greater than 0");
    }
  }
  const std::int64_t transitions = number_at(spec, "leaseTransitions");
  if (transitions < 0) {
    in.report.invalid(path / "leaseTransitions", transitions, "must be greater than or equal to 0");
  }
}

void admit_controller_revision(Intake& in) {
  set_default(in.object, "revision", 0);
  const Json* data = find(in.object, "data");
  if (data == nullptr) in.report.required(in.path / "data", "data is mandatory");
  const std::int64_t revision = number_at(in.object, "revision");
  if (revision < 0) {
    in.report.invalid(in.path / "revision", revision, "must be greater than or equal to 0");
  }
  const Json* before = in.old == nullptr ? nullptr : find(*in.old, "data");
  if (data == nullptr || before == nullptr) return;
  Json now = *data;
  Json was = *before;
  sort_fields(now);
  sort_fields(was);
  if (now != was) in.report.invalid_shown(in.path / "data", now.dump(), "field is immutable");
}

}  // namespace podrun::manifest
