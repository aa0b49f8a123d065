#include "supervisor/api/table.h"

#include <algorithm>
#include <span>

#include "supervisor/api/api_error.h"
#include "supervisor/api/json_path.h"
#include "supervisor/api/table_rows.h"

namespace podrun::api {
namespace {

struct Column {
  std::string_view name, type, description;
  int priority = 0;  // 1: only with -o wide
};

constexpr std::string_view kText = "string", kNumber = "integer";
constexpr std::string_view kAgeText = "Time since the object was created.";
constexpr std::string_view kNameText = "Name of the object, unique in its namespace.";
constexpr Column kName{"Name", kText, kNameText};
constexpr Column kAge{"Age", kText, kAgeText};
constexpr Column kContainers{"Containers", kText, "Names of each container in the template.", 1};
constexpr Column kImages{"Images", kText, "Images referenced by each container in the template.",
                         1};
constexpr Column kSelector{"Selector", kText, "Labels that a pod must have to count as a replica.",
                           1};

constexpr Column kPods[] = {
    kName,
    {"Ready", kText, "The aggregate readiness state of this pod for accepting traffic."},
    {"Status", kText, "The aggregate status of the containers in this pod."},
    {"Restarts", kText,
     "The number of times the containers in this pod have been restarted and when the last "
     "container "
     "in this pod has restarted."},
    kAge,
    {"IP", kText, "The address of the pod.", 1},
    {"Node", kText, "The node that the pod runs on.", 1},
    {"Nominated Node", kText, "The node that the pod would run on once others made room.", 1},
    {"Readiness Gates", kText, "Conditions that hold of those that readiness asks for.", 1}};
constexpr Column kReplicas[] = {kName,
                                {"Desired", kNumber, "Replicas that are asked for."},
                                {"Current", kNumber, "Replicas that there are."},
                                {"Ready", kNumber, "Replicas that are ready."},
                                kAge,
                                kContainers,
                                kImages,
                                kSelector};
constexpr Column kDeployments[] = {
    kName,
    {"Ready", kText, "Number of the pod with ready state"},
    {"Up-to-date", kText, "Replicas that have the current template."},
    {"Available", kText, "Replicas that have been ready for long enough."},
    kAge,
    kContainers,
    kImages,
    kSelector};
constexpr Column kDaemonSets[] = {
    kName,
    {"Desired", kNumber, "Nodes that should run the pod."},
    {"Current", kNumber, "Nodes that run one and should."},
    {"Ready", kNumber, "Nodes whose pod is ready."},
    {"Up-to-date", kNumber, "Nodes whose pod has the current template."},
    {"Available", kNumber, "Nodes whose pod has been ready for long enough."},
    {"Node Selector", kText, "Labels of the nodes that run the pod."},
    kAge,
    kContainers,
    kImages,
    kSelector};
constexpr Column kJobs[] = {kName,
                            {"Status", kText, "How far the job is."},
                            {"Completions", kText, "Pods that succeeded, of those wanted."},
                            {"Duration", kText, "How long it has run, or ran."},
                            kAge,
                            kContainers,
                            kImages,
                            kSelector};
constexpr Column kCronJobs[] = {kName,
                                {"Schedule", kText, "When jobs are made."},
                                {"Timezone", kText, "Whose times the schedule means."},
                                {"Suspend", kText, "No jobs are made while it is true."},
                                {"Active", kNumber, "Jobs that run."},
                                {"Last Schedule", kText, "How long ago a job was due."},
                                kAge,
                                kContainers,
                                kImages,
                                kSelector};
constexpr Column kNamespaces[] = {kName, {"Status", kText, "The status of the namespace"}, kAge};
constexpr Column kNodes[] = {kName,
                             {"Status", kText, "The status of the node"},
                             {"Roles", kText, "The roles of the node"},
                             kAge,
                             {"Version", kText, "Version of the node's agent."},
                             {"Internal-IP", kText, "Addresses of the node.", 1},
                             {"External-IP", kText, "Addresses of the node.", 1},
                             {"OS-Image", kText, "The node's operating system.", 1},
                             {"Kernel-Version", kText, "The node's kernel.", 1},
                             {"Container-Runtime", kText, "The node's container runtime.", 1}};
constexpr Column kEvents[] = {
    {"Last Seen", kText, "Time since the event was last seen."},
    {"Type", kText, "Normal or Warning."},
    {"Reason", kText, "Why, in one word."},
    {"Object", kText, "The object that the event is about."},
    {"Subobject", kText, "The part of the object that the event is about.", 1},
    {"Source", kText, "The component that reported the event.", 1},
    {"Message", kText, "What happened."},
    {"First Seen", kText, "Time since the event was first seen.", 1},
    {"Count", kText, "How often the event was seen.", 1},
    {"Name", kText, kNameText, 1}};
constexpr Column kServices[] = {
    kName,
    {"Type", kText, "How the service is exposed."},
    {"Cluster-IP", kText, "The service's address."},
    {"External-IP", kText, "Addresses from outside."},
    {"Port(s)", kText, "Ports that the service exposes."},
    kAge,
    {"Selector", kText, "Labels of the pods that the service leads to.", 1}};
constexpr Column kEndpoints[] = {kName, {"Endpoints", kText, "Addresses and ports."}, kAge};
constexpr Column kSlices[] = {kName,
                              {"AddressType", kText, "The type of the addresses."},
                              {"Ports", kText, "Ports of each endpoint."},
                              {"Endpoints", kText, "Addresses of the endpoints."},
                              kAge};
constexpr Column kConfigMaps[] = {kName, {"Data", kText, "Number of entries."}, kAge};
constexpr Column kSecrets[] = {
    kName, {"Type", kText, "What the secret is for."}, {"Data", kText, "Number of entries."}, kAge};
constexpr Column kAccounts[] = {kName, {"Secrets", kText, "Number of secrets."}, kAge};
constexpr Column kLeases[] = {kName, {"Holder", kText, "Who holds the lease."}, kAge};
constexpr Column kRevisions[] = {kName,
                                 {"Controller", kText, "Controller of the object"},
                                 {"Revision", kText, "Number of the revision."},
                                 kAge};
constexpr Column kDefault[] = {kName, {"Created At", "date", "When the object was created."}};

struct Printer {
  std::string_view resource;
  std::span<const Column> columns;
  Json (*cells)(const Json& object, WallTime now);
};
constexpr Printer kPrinters[] = {
    {"pods", kPods, pod_cells},
    {"replicationcontrollers", kReplicas, replication_controller_cells},
    {"replicasets.apps", kReplicas, replica_set_cells},
    {"replicasets.extensions", kReplicas, replica_set_cells},
    {"deployments.apps", kDeployments, deployment_cells},
    {"deployments.extensions", kDeployments, deployment_cells},
    {"daemonsets.apps", kDaemonSets, daemon_set_cells},
    {"daemonsets.extensions", kDaemonSets, daemon_set_cells},
    {"jobs.batch", kJobs, job_cells},
    {"cronjobs.batch", kCronJobs, cron_job_cells},
    {"namespaces", kNamespaces, namespace_cells},
    {"nodes", kNodes, node_cells},
    {"events", kEvents, event_cells},
    {"events.events.k8s.io", kEvents, event_cells},
    {"services", kServices, service_cells},
    {"endpoints", kEndpoints, endpoints_cells},
    {"endpointslices.discovery.k8s.io", kSlices, endpoint_slice_cells},
    {"configmaps", kConfigMaps, config_map_cells},
    {"secrets", kSecrets, secret_cells},
    {"serviceaccounts", kAccounts, service_account_cells},
    {"leases.coordination.k8s.io", kLeases, lease_cells},
    {"controllerrevisions.apps", kRevisions, controller_revision_cells},
};
constexpr Printer kDefaultPrinter{"", kDefault, default_cells};

const Printer& printer_of(std::string_view resource) {
  const auto* const found =
      std::find_if(std::begin(kPrinters), std::end(kPrinters),
                   [&](const Printer& printer) { return printer.resource == resource; });
  return found == std::end(kPrinters) ? kDefaultPrinter : *found;
}

std::string compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// RowCompleted: `kubectl wait` and clients tell finished pods by it.
std::string conditions_text(const Printer& printer, const Json& object) {
  if (printer.resource != "pods") return "";
  const std::string phase = text_at(object, "status.phase");
  const char* message = phase == "Succeeded" ? "The pod has completed successfully."
                        : phase == "Failed"  ? "The pod failed."
                                             : nullptr;
  if (message == nullptr) return "";
  return ",\"conditions\":" + compact(Json::array({{{"type", "Completed"},
                                                    {"status", "True"},
                                                    {"reason", phase},
                                                    {"message", message}}}));
}

std::string row_text(const Printer& printer, const Json& object, const TableOptions& options,
                     WallTime now) {
  std::string text = "{\"cells\":" + compact(printer.cells(object, now));
  text += conditions_text(printer, object);
  text += ",\"object\":";
  switch (options.include) {
    case IncludeObject::kNone:
      text += "null";
      break;
    case IncludeObject::kMetadata:
      text += partial_metadata_text(object, options.version);
      break;
    case IncludeObject::kObject:
      text += compact(object);
      break;
  }
  return text + "}";
}

}  // namespace

IncludeObject include_object(std::string_view parameter) {
  if (parameter.empty() || parameter == "Metadata") return IncludeObject::kMetadata;
  if (parameter == "None") return IncludeObject::kNone;
  if (parameter == "Object") return IncludeObject::kObject;
  throw bad_request("unrecognized includeObject value: \"" + std::string(parameter) + "\"");
}

std::string partial_metadata_text(const Json& object, std::string_view version) {
  const Json& metadata = at_path(object, "metadata");
  return "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/" +
         std::string(version) +
         "\",\"metadata\":" + (metadata.is_object() ? compact(metadata) : "{}") + "}";
}

Json table_columns(std::string_view resource) {
  Json columns = Json::array();
  for (const Column& column : printer_of(resource).columns) {
    columns.push_back({{"name", column.name},
                       {"type", column.type},
                       {"format", column.name == "Name" ? "name" : ""},
                       {"description", column.description},
                       {"priority", column.priority}});
  }
  return columns;
}

Json table_cells(std::string_view resource, const Json& object, WallTime now) {
  return printer_of(resource).cells(object, now);
}

std::string table_text(std::string_view resource, const std::vector<const Json*>& objects,
                       const Json& list_metadata, const TableOptions& options, WallTime now) {
  const Printer& printer = printer_of(resource);
  std::string text = "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/" + options.version +
                     "\",\"metadata\":" + compact(list_metadata) + ",\"columnDefinitions\":";
  text += options.headers ? compact(table_columns(resource)) : "null";
  text += ",\"rows\":[";
  bool first = true;
  for (const Json* object : objects) {
    if (!first) text += ',';
    first = false;
    text += row_text(printer, *object, options, now);
  }
  return text + "]}";
}

}  // namespace podrun::api
