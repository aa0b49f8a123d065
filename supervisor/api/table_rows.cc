// Rows of everything but pods and what belongs to the network.
#include "supervisor/api/table_rows.h"

#include "base/duration.h"
#include "base/error.h"
#include "base/text.h"
#include "supervisor/api/json_path.h"
#include "supervisor/api/node_roles.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::api {
namespace {

std::string name_of(const Json& object) { return text_at(object, "metadata.name"); }

std::string created(const Json& object, WallTime now) {
  return age_at(object, "metadata.creationTimestamp", now);
}

/// A field of each container of the template, with commas.
std::string of_containers(const Json& object, std::string_view field) {
  std::string all;
  for (const Json& container : at_path(object, "spec.template.spec.containers")) {
    all += (all.empty() ? "" : ",") + text_at(container, field);
  }
  return all;
}

Json replicas_cells(const Json& object, const std::string& selector, WallTime now) {
  return Json::array({name_of(object), int_at(object, "spec.replicas"),
                      int_at(object, "status.replicas"), int_at(object, "status.readyReplicas"),
                      created(object, now), of_containers(object, "name"),
                      of_containers(object, "image"), selector});
}

std::string node_status(const Json& node) {
  std::string status = "Unknown";
  for (const Json& condition : at_path(node, "status.conditions")) {
    if (text_at(condition, "type") != "Ready") continue;
    status = text_at(condition, "status") == "True" ? "Ready" : "NotReady";
  }
  if (bool_at(node, "spec.unschedulable")) status += ",SchedulingDisabled";
  return status;
}

std::string node_address(const Json& node, std::string_view type) {
  for (const Json& address : at_path(node, "status.addresses")) {
    if (text_at(address, "type") == type) return text_at(address, "address");
  }
  return "<none>";
}

std::string node_info(const Json& node, const std::string& field) {
  std::string text = text_at(node, "status.nodeInfo." + field);
  return text.empty() ? "<unknown>" : text;
}

/// core/v1 and events.k8s.io/v1 name the same things differently.
std::string either(const Json& object, std::string_view one, std::string_view other) {
  std::string text = text_at(object, one);
  return text.empty() ? text_at(object, other) : text;
}

std::string event_source(const Json& event) {
  const Json* source = find_path(event, "source");
  if (source == nullptr) source = &at_path(event, "deprecatedSource");
  std::string component = text_at(*source, "component"), host = text_at(*source, "host");
  if (component.empty()) component = either(event, "reportingComponent", "reportingController");
  if (host.empty()) host = text_at(event, "reportingInstance");
  return host.empty() ? component : component + ", " + host;
}

/// printers.go, printJob.
std::string job_state(const Json& job) {
  for (const auto& [type, word] : {std::pair{"Complete", "Complete"},
                                   {"Failed", "Failed"},
                                   {"", "Terminating"},
                                   {"Suspended", "Suspended"},
                                   {"FailureTarget", "FailureTarget"},
                                   {"SuccessCriteriaMet", "SuccessCriteriaMet"}}) {
    if (*type == '\0' && find_path(job, "metadata.deletionTimestamp") != nullptr) return word;
    for (const Json& condition : at_path(job, "status.conditions")) {
      if (text_at(condition, "type") == type && text_at(condition, "status") == "True") return word;
    }
  }
  return "Running";
}

std::string job_completions(const Json& job) {
  const std::string done = std::to_string(int_at(job, "status.succeeded"));
  if (find_path(job, "spec.completions") != nullptr) {
    return done + "/" + std::to_string(int_at(job, "spec.completions"));
  }
  const std::int64_t parallel = int_at(job, "spec.parallelism");
  return parallel > 1 ? done + "/1 of " + std::to_string(parallel) : done + "/1";
}

std::string job_duration(const Json& job, WallTime now) {
  const std::string started = text_at(job, "status.startTime");
  if (started.empty()) return "";
  const std::string ended = text_at(job, "status.completionTime");
  return human_duration((ended.empty() ? now : parse_rfc3339(ended)) - parse_rfc3339(started));
}

bool is_set(const Json& object, std::string_view path) { return !text_at(object, path).empty(); }

std::string first_seen(const Json& event, WallTime now) {
  for (const char* path : {"firstTimestamp", "deprecatedFirstTimestamp"}) {
    if (is_set(event, path)) return age_at(event, path, now);
  }
  return age_at(event, "eventTime", now);
}

std::string last_seen(const Json& event, WallTime now) {
  for (const char* path : {"series.lastObservedTime", "lastTimestamp", "deprecatedLastTimestamp"}) {
    if (is_set(event, path)) return age_at(event, path, now);
  }
  return first_seen(event, now);
}

std::int64_t event_count(const Json& event) {
  const std::int64_t count =
      int_at(event, "series.count", int_at(event, "count", int_at(event, "deprecatedCount")));
  return count == 0 ? 1 : count;
}

}  // namespace

std::string age_at(const Json& object, std::string_view path, WallTime now) try {
  const std::string text = text_at(object, path);
  return text.empty() ? "<unknown>" : human_duration(now - parse_rfc3339(text));
} catch (const BadInput&) {
  return "<unknown>";
}

Json replication_controller_cells(const Json& controller, WallTime now) {
  return replicas_cells(controller, manifest::format_labels(at_path(controller, "spec.selector")),
                        now);
}

Json replica_set_cells(const Json& set, WallTime now) {
  return replicas_cells(set, manifest::format_label_selector(at_path(set, "spec.selector")), now);
}

Json deployment_cells(const Json& deployment, WallTime now) {
  return Json::array({name_of(deployment),
                      std::to_string(int_at(deployment, "status.readyReplicas")) + "/" +
                          std::to_string(int_at(deployment, "spec.replicas")),
                      int_at(deployment, "status.updatedReplicas"),
                      int_at(deployment, "status.availableReplicas"), created(deployment, now),
                      of_containers(deployment, "name"), of_containers(deployment, "image"),
                      manifest::format_label_selector(at_path(deployment, "spec.selector"))});
}

Json daemon_set_cells(const Json& set, WallTime now) {
  return Json::array(
      {name_of(set), int_at(set, "status.desiredNumberScheduled"),
       int_at(set, "status.currentNumberScheduled"), int_at(set, "status.numberReady"),
       int_at(set, "status.updatedNumberScheduled"), int_at(set, "status.numberAvailable"),
       manifest::format_labels(at_path(set, "spec.template.spec.nodeSelector")), created(set, now),
       of_containers(set, "name"), of_containers(set, "image"),
       manifest::format_label_selector(at_path(set, "spec.selector"))});
}

Json job_cells(const Json& job, WallTime now) {
  return Json::array({name_of(job), job_state(job), job_completions(job), job_duration(job, now),
                      created(job, now), of_containers(job, "name"), of_containers(job, "image"),
                      manifest::format_label_selector(at_path(job, "spec.selector"))});
}

Json cron_job_cells(const Json& cron_job, WallTime now) {
  const std::string zone = text_at(cron_job, "spec.timeZone");
  const bool has_run = find_path(cron_job, "status.lastScheduleTime") != nullptr;
  const Json& made = at_path(cron_job, "spec.jobTemplate");
  return Json::array(
      {name_of(cron_job), text_at(cron_job, "spec.schedule"), zone.empty() ? "<none>" : zone,
       bool_at(cron_job, "spec.suspend") ? "True" : "False", size_at(cron_job, "status.active"),
       has_run ? age_at(cron_job, "status.lastScheduleTime", now) : "<none>",
       created(cron_job, now), of_containers(made, "name"), of_containers(made, "image"),
       manifest::format_label_selector(at_path(made, "spec.selector"))});
}

Json namespace_cells(const Json& object, WallTime now) {
  return Json::array({name_of(object), text_at(object, "status.phase"), created(object, now)});
}

Json node_cells(const Json& node, WallTime now) {
  return Json::array({name_of(node), node_status(node), node_roles(node), created(node, now),
                      text_at(node, "status.nodeInfo.kubeletVersion"),
                      node_address(node, "InternalIP"), node_address(node, "ExternalIP"),
                      node_info(node, "osImage"), node_info(node, "kernelVersion"),
                      node_info(node, "containerRuntimeVersion")});
}

Json event_cells(const Json& event, WallTime now) {
  const Json* about = find_path(event, "involvedObject");
  if (about == nullptr) about = &at_path(event, "regarding");
  std::string target = lowercase(text_at(*about, "kind"));
  if (const std::string name = text_at(*about, "name"); !name.empty()) target += "/" + name;
  return Json::array({last_seen(event, now), text_at(event, "type"), text_at(event, "reason"),
                      target, text_at(*about, "fieldPath"), event_source(event),
                      trimmed(either(event, "message", "note"), " \t\r\n"), first_seen(event, now),
                      event_count(event), name_of(event)});
}

Json config_map_cells(const Json& map, WallTime now) {
  return Json::array(
      {name_of(map), size_at(map, "data") + size_at(map, "binaryData"), created(map, now)});
}

Json secret_cells(const Json& secret, WallTime now) {
  return Json::array(
      {name_of(secret), text_at(secret, "type"), size_at(secret, "data"), created(secret, now)});
}

Json service_account_cells(const Json& account, WallTime now) {
  return Json::array({name_of(account), size_at(account, "secrets"), created(account, now)});
}

Json lease_cells(const Json& lease, WallTime now) {
  return Json::array({name_of(lease), text_at(lease, "spec.holderIdentity"), created(lease, now)});
}

Json controller_revision_cells(const Json& revision, WallTime now) {
  std::string controller = "<none>";
  for (const Json& owner : at_path(revision, "metadata.ownerReferences")) {
    if (!bool_at(owner, "controller")) continue;
    const std::string version = text_at(owner, "apiVersion");
    const auto slash = version.find('/');
    controller = text_at(owner, "kind");
    if (slash != std::string::npos) controller += "." + version.substr(0, slash);
    controller = lowercase(controller) + "/" + text_at(owner, "name");
  }
  return Json::array(
      {name_of(revision), controller, int_at(revision, "revision"), created(revision, now)});
}

Json default_cells(const Json& object, WallTime /*now*/) {
  return Json::array({name_of(object), text_at(object, "metadata.creationTimestamp")});
}

}  // namespace podrun::api
