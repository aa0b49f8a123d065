// apps/v1 ReplicaSet; apps/v1beta2 and extensions/v1beta1 on the way in.
#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/workload.h"

namespace podrun::manifest {

void admit_replica_set(Intake& in) {
  set_default(object_at(in.object, "status"), "replicas", 0);
  if (in.rule.group == "extensions") default_from_template(in.object);
  Json& spec = object_at(in.object, "spec");
  set_default(spec, "replicas", 1);
  const Path path = in.path / "spec";
  check_not_negative(path, spec, "replicas", in.report);
  check_not_negative(path, spec, "minReadySeconds", in.report);
  admit_selector_and_template(in, "ReplicaSet");
}

}  // namespace podrun::manifest
