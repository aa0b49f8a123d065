// A pod, and the template of one.
#include "base/error.h"
#include "supervisor/client/describe.h"
#include "supervisor/client/describe_parts.h"
#include "supervisor/manifest/json.h"

namespace podrun::client {
namespace {

void write_placement(Sheet& sheet, const Json& pod) {
  if (is_set(pod, "spec.priority")) sheet.field(0, "Priority", number_at(pod, "spec.priority"));
  sheet.field_if_any(0, "Priority Class Name", text_at(pod, "spec.priorityClassName"));
  sheet.field_if_any(0, "Runtime Class Name", text_at(pod, "spec.runtimeClassName"));
  sheet.field_if_any(0, "Service Account", text_at(pod, "spec.serviceAccountName"));
  const std::string node = text_at(pod, "spec.nodeName");
  sheet.field(0, "Node", node.empty() ? "<none>" : node + "/" + text_at(pod, "status.hostIP"));
  if (is_set(pod, "status.startTime")) {
    sheet.field(0, "Start Time", time_at(pod, "status.startTime"));
  }
}

void write_phase(Sheet& sheet, const Json& pod, WallTime now) {
  const std::string phase = text_at(pod, "status.phase");
  if (is_set(pod, "metadata.deletionTimestamp") && phase != "Failed" && phase != "Succeeded") {
    sheet.field(0, "Status",
                "Terminating (lasts " + since(pod, "metadata.deletionTimestamp", now) + ")");
    sheet.field(0, "Termination Grace Period",
                number_at(pod, "metadata.deletionGracePeriodSeconds") + "s");
  } else {
    sheet.field(0, "Status", phase);
  }
  sheet.field_if_any(0, "Reason", text_at(pod, "status.reason"));
  sheet.field_if_any(0, "Message", text_at(pod, "status.message"));
}

void write_seccomp(Sheet& sheet, const Json& pod) {
  if (!is_set(pod, "spec.securityContext.seccompProfile")) return;
  const Json& profile = at_path(pod, "spec.securityContext.seccompProfile");
  sheet.field(0, "SeccompProfile", text_at(profile, "type"));
  if (text_at(profile, "type") == "Localhost") {
    sheet.field(0, "LocalhostProfile", text_at(profile, "localhostProfile"));
  }
}

void write_addresses(Sheet& sheet, const Json& pod) {
  sheet.field(0, "IP", text_at(pod, "status.podIP"));
  if (size_at(pod, "status.podIPs") == 0) return sheet.field(0, "IPs", "<none>");
  sheet.heading(0, "IPs");
  for (const Json& address : at_path(pod, "status.podIPs")) {
    sheet.field(1, "IP", text_at(address, "ip"));
  }
}

void write_all_containers(Sheet& sheet, const Json& pod) {
  const Place place{&pod};
  if (size_at(pod, "spec.initContainers") > 0) {
    write_containers(sheet, "Init Containers", at_path(pod, "spec.initContainers"),
                     at_path(pod, "status.initContainerStatuses"), place);
  }
  write_containers(sheet, "Containers", at_path(pod, "spec.containers"),
                   at_path(pod, "status.containerStatuses"), place);
  if (size_at(pod, "spec.ephemeralContainers") > 0) {
    write_containers(sheet, "Ephemeral Containers", at_path(pod, "spec.ephemeralContainers"),
                     at_path(pod, "status.ephemeralContainerStatuses"), place);
  }
}

void write_conditions(Sheet& sheet, const Json& pod) {
  const Json& conditions = at_path(pod, "status.conditions");
  if (size_at(pod, "spec.readinessGates") > 0) {
    sheet.heading(0, "Readiness Gates");
    sheet.row(1, {"Type", "Status"});
  }
  for (const Json& gate : at_path(pod, "spec.readinessGates")) {
    const std::string type = text_at(gate, "conditionType");
    std::string status = "<none>";
    for (const Json& condition : conditions) {
      if (text_at(condition, "type") != type) continue;
      status = text_at(condition, "status");
      break;
    }
    sheet.row(1, {type + " ", status + " "});
  }
  if (conditions.empty()) return;
  sheet.heading(0, "Conditions");
  sheet.row(1, {"Type", "Status"});
  for (const Json& condition : conditions) {
    sheet.row(1, {text_at(condition, "type") + " ", text_at(condition, "status") + " "});
  }
}

/// An API server has always set it; an object from elsewhere may lack it.
std::string qos_of(const Json& pod) try {
  std::string given = text_at(pod, "status.qosClass");
  if (!given.empty()) return given;
  return manifest::to_string(manifest::qos_class(manifest::pod_from_json(pod).spec));
} catch (const Error&) {
  return "BestEffort";
}

}  // namespace

std::string describe_pod(const Json& pod, const Related& related, WallTime now) {
  Sheet sheet;
  write_name_and_namespace(sheet, pod);
  write_placement(sheet, pod);
  write_labels_and_annotations(sheet, pod);
  write_phase(sheet, pod, now);
  write_seccomp(sheet, pod);
  write_addresses(sheet, pod);
  write_controlled_by(sheet, pod);
  sheet.field_if_any(0, "NominatedNodeName", text_at(pod, "status.nominatedNodeName"));
  if (is_set(pod, "spec.resources")) {
    sheet.heading(0, "Resources");
    write_resource_needs(sheet, 1, at_path(pod, "spec.resources"));
  }
  write_all_containers(sheet, pod);
  write_conditions(sheet, pod);
  write_volumes(sheet, at_path(pod, "spec.volumes"), Place{&pod});
  sheet.field(0, "QoS Class", qos_of(pod));
  sheet.column(0, "Node-Selectors", label_lines(at_path(pod, "spec.nodeSelector")));
  write_tolerations(sheet, 0, at_path(pod, "spec.tolerations"));
  write_spread_constraints(sheet, 0, at_path(pod, "spec.topologySpreadConstraints"));
  write_workload_reference(sheet, 0, at_path(pod, "spec"));
  write_events(sheet, related.events, now);
  return sheet.text();
}

void write_pod_template(Sheet& sheet, const Json& pod_template) {
  sheet.heading(0, "Pod Template");
  const Json& spec = at_path(pod_template, "spec");
  const Place place;
  sheet.column(1, "Labels", label_lines(at_path(pod_template, "metadata.labels")));
  if (size_at(pod_template, "metadata.annotations") > 0) {
    sheet.column(1, "Annotations", annotation_lines(at_path(pod_template, "metadata.annotations")));
  }
  sheet.field_if_any(1, "Service Account", text_at(spec, "serviceAccountName"));
  const Json no_statuses;
  if (size_at(spec, "initContainers") > 0) {
    write_containers(sheet, "Init Containers", at_path(spec, "initContainers"), no_statuses, place);
  }
  write_containers(sheet, "Containers", at_path(spec, "containers"), no_statuses, place);
  write_volumes(sheet, at_path(spec, "volumes"), place);
  write_spread_constraints(sheet, 1, at_path(spec, "topologySpreadConstraints"));
  sheet.field_if_any(1, "Priority Class Name", text_at(spec, "priorityClassName"));
  sheet.column(1, "Node-Selectors", label_lines(at_path(spec, "nodeSelector")));
  write_tolerations(sheet, 1, at_path(spec, "tolerations"));
  write_workload_reference(sheet, 1, spec);
}

}  // namespace podrun::client
