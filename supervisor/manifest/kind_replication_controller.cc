// core/v1 ReplicationController.
#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/workload.h"

namespace podrun::manifest {

void admit_replication_controller(Intake& in) {
  set_default(object_at(in.object, "status"), "replicas", 0);
  Json& spec = object_at(in.object, "spec");
  const Path path = in.path / "spec";
  Json* pod_template = find(spec, "template");
  const Json* metadata = pod_template == nullptr ? nullptr : find(*pod_template, "metadata");
  const StringMap labels = metadata == nullptr ? StringMap() : map_at(*metadata, "labels");
  if (!labels.empty()) {
    set_default(spec, "selector", to_json(labels));
    set_default(object_at(in.object, "metadata"), "labels", to_json(labels));
  }
  set_default(spec, "replicas", 1);

  const StringMap selector = map_at(spec, "selector");
  check_not_negative(path, spec, "minReadySeconds", in.report);
  if (selector.empty()) in.report.required(path / "selector");
  check_not_negative(path, spec, "replicas", in.report);
  if (pod_template == nullptr) {
    in.report.required(path / "template");
    return;
  }
  check_template_labels(path / "template", Json{{"matchLabels", to_json(selector)}}, labels,
                        in.report);
  admit_template(path / "template", *find(spec, "template"), "ReplicationController", in.report);
}

}  // namespace podrun::manifest
