// What keeps pods running: ReplicationController, ReplicaSet, DaemonSet.
#include "base/error.h"
#include "supervisor/client/describe.h"
#include "supervisor/client/describe_parts.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::client {
namespace {

/// "2 Running / 1 Waiting / 0 Succeeded / 0 Failed", of the controller's own pods.
std::string pods_status(const Json& controller, const Related& related) {
  int running = 0, waiting = 0, succeeded = 0, failed = 0;
  for (const Json& pod : related.pods) {
    if (!is_controlled_by(pod, controller)) continue;
    const std::string phase = text_at(pod, "status.phase");
    running += phase == "Running" ? 1 : 0;
    waiting += phase == "Pending" ? 1 : 0;
    succeeded += phase == "Succeeded" ? 1 : 0;
    failed += phase == "Failed" ? 1 : 0;
  }
  return std::to_string(running) + " Running / " + std::to_string(waiting) + " Waiting / " +
         std::to_string(succeeded) + " Succeeded / " + std::to_string(failed) + " Failed";
}

void require_pods(const Related& related) {
  if (!related.pods_error.empty()) throw Error(related.pods_error);
}

void write_replicas(Sheet& sheet, const Json& controller, const std::string& status) {
  sheet.field(0, "Replicas",
              number_at(controller, "status.replicas") + " current / " +
                  number_at(controller, "spec.replicas") + " desired");
  sheet.field(0, "Pods Status", status);
}

}  // namespace

std::string describe_replication_controller(const Json& controller, const Related& related,
                                            WallTime now) {
  require_pods(related);
  Sheet sheet;
  write_name_and_namespace(sheet, controller);
  sheet.field(0, "Selector", manifest::format_labels(at_path(controller, "spec.selector")));
  write_labels_and_annotations(sheet, controller);
  write_replicas(sheet, controller, pods_status(controller, related));
  write_pod_template(sheet, at_path(controller, "spec.template"));
  write_reasoned_conditions(sheet, controller);
  write_events(sheet, related.events, now);
  return sheet.text();
}

std::string describe_replica_set(const Json& set, const Related& related, WallTime now) {
  Sheet sheet;
  write_name_and_namespace(sheet, set);
  sheet.field(0, "Selector", manifest::format_label_selector(at_path(set, "spec.selector")));
  write_labels_and_annotations(sheet, set);
  write_controlled_by(sheet, set);
  write_replicas(sheet, set,
                 related.pods_error.empty() ? pods_status(set, related)
                                            : "error in fetching pods: " + related.pods_error);
  write_pod_template(sheet, at_path(set, "spec.template"));
  write_reasoned_conditions(sheet, set);
  write_events(sheet, related.events, now);
  return sheet.text();
}

std::string describe_daemon_set(const Json& set, const Related& related, WallTime now) {
  require_pods(related);
  Sheet sheet;
  write_name_and_namespace(sheet, set);
  sheet.field(0, "Selector", selector_of(at_path(set, "spec.selector")));
  sheet.field(0, "Node-Selector",
              manifest::format_labels(at_path(set, "spec.template.spec.nodeSelector")));
  write_labels_and_annotations(sheet, set);
  for (const auto& [title, field] :
       {std::pair("Desired Number of Nodes Scheduled", "status.desiredNumberScheduled"),
        {"Current Number of Nodes Scheduled", "status.currentNumberScheduled"},
        {"Number of Nodes Scheduled with Up-to-date Pods", "status.updatedNumberScheduled"},
        {"Number of Nodes Scheduled with Available Pods", "status.numberAvailable"},
        {"Number of Nodes Misscheduled", "status.numberMisscheduled"}}) {
    sheet.line(0, std::string(title) + ": " + number_at(set, field));
  }
  sheet.field(0, "Pods Status", pods_status(set, related));
  write_pod_template(sheet, at_path(set, "spec.template"));
  write_events(sheet, related.events, now);
  return sheet.text();
}

}  // namespace podrun::client
